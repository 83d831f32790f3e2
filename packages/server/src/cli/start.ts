import { pino } from 'pino'
import { createKeyhaven } from '../index.ts'
import type { Keyhaven } from '../index.ts'
import { describeLifetimes } from '../config/lifetimes.ts'
import { listen } from './listen.ts'

interface Flags {
  readonly migrate: boolean
  readonly json?: boolean
}

/** `keyhaven start`: runs until SIGTERM or SIGINT. */
export async function start({ migrate, json }: Flags): Promise<void> {
  const log = pino({ level: 'info' }, pino.destination(2))
  const keyhaven = await createKeyhaven({ migrate, log })
  const { settings } = keyhaven
  const stop = await listen(keyhaven, settings).catch(async (error: unknown) => {
    await keyhaven.close()
    throw error
  })
  if (!json) for (const line of startWords(keyhaven)) process.stderr.write(`keyhaven: ${line}\n`)
  process.stdout.write(`keyhaven: ready at ${keyhaven.issuer}\n`)
  const shutDown = async (): Promise<void> => {
    await stop()
    await keyhaven.close()
  }
  process.once('SIGTERM', () => void shutDown())
  process.once('SIGINT', () => void shutDown())
}

function startWords({ settings }: Keyhaven): string[] {
  const { development, data, lifetimes, allowedOrigins } = settings
  return [
    development
      ? 'development: plain http on this machine, cookies without Secure'
      : 'production: cookies are Secure and HttpOnly',
    describeLifetimes(lifetimes),
    `data lies in ${data}`,
    ...(allowedOrigins.length > 0 ? [`pages of ${allowedOrigins.join(', ')} may call too`] : []),
    ...(development
      ? []
      : ['e-mail verification is off: sign-up tells anybody whether an address has an account']),
  ]
}
