import { pino } from 'pino'
import { createKeyhaven } from '../index.ts'
import type { Keyhaven } from '../index.ts'
import { describeLifetimes } from '../config/lifetimes.ts'
import { listen } from './listen.ts'
import { stopOnSignal } from './stop-on-signal.ts'

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
  // Before anybody is told that it runs: whoever reads that may stop it at once
  stopOnSignal(async () => {
    await stop()
    await keyhaven.close()
  })
  for (const line of startWords(keyhaven)) {
    if (json) log.info(line)
    else process.stderr.write(`keyhaven: ${line}\n`)
  }
  process.stdout.write(`keyhaven: ready at ${keyhaven.issuer}\n`)
}

function startWords({ issuer, settings }: Keyhaven): string[] {
  const { development, data, lifetimes, allowedOrigins } = settings
  return [
    [
      development ? 'development on this machine' : 'production',
      issuer.startsWith('https:') ? 'cookies are Secure' : 'plain http, cookies without Secure',
    ].join(': '),
    describeLifetimes(lifetimes),
    `data lies in ${data}`,
    ...(allowedOrigins.length > 0 ? [`pages of ${allowedOrigins.join(', ')} may call too`] : []),
    ...(development
      ? []
      : ['e-mail verification is off: sign-up tells anybody whether an address has an account']),
  ]
}
