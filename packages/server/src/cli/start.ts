import { pino } from 'pino'
import { createKeyhaven } from '../index.ts'
import { listen } from './listen.ts'
import { stopOnSignal } from './stop-on-signal.ts'

interface Flags {
  readonly migrate: boolean
  readonly json?: boolean
}

/** `keyhaven start`: runs until SIGTERM or SIGINT. */
export async function start({ migrate, json }: Flags): Promise<void> {
  const log = pino({ level: 'info' }, pino.destination(2))
  const words: string[] = []
  const keyhaven = await createKeyhaven({ migrate, log, announce: (line) => words.push(line) })
  const stop = await listen(keyhaven).catch(async (error: unknown) => {
    await keyhaven.close()
    throw error
  })
  // Before anybody is told that it runs: whoever reads that may stop it at once
  stopOnSignal(async () => {
    await stop()
    await keyhaven.close()
  })
  for (const line of words) {
    if (json) log.info(line)
    else process.stderr.write(`keyhaven: ${line}\n`)
  }
  process.stdout.write(`keyhaven: ready at ${keyhaven.issuer}\n`)
}
