import { readSettings } from '../config/settings.ts'
import { createKeyhaven } from '../index.ts'
import { createJsonLog } from '../telemetry/json-log.ts'
import { listen } from './listen.ts'
import { plain } from './plain.ts'
import { placeLine, proveFree, withUrl } from './prove-free.ts'
import { stopOnSignal } from './stop-on-signal.ts'
import { createTerminalLog } from './terminal-log.ts'

/** The options of `keyhaven start`. */
export interface Flags {
  readonly migrate: boolean
  readonly json?: boolean
}

/** `keyhaven start`: runs until SIGTERM or SIGINT. */
export async function start({ migrate, json }: Flags): Promise<void> {
  // `ps` shows this; Node's default title is the name of its first thread, MainThread
  process.title = 'keyhaven'
  const { env: environment } = process
  const first = await readSettings({ code: {}, environment, folder: process.cwd() })
  const asJson = json || !process.stderr.isTTY
  const log = asJson
    ? createJsonLog(first.logLevel)
    : createTerminalLog(first.logLevel, (text) => process.stderr.write(text))
  await proveFree(first)
  const messages: string[] = []
  let isReady = false
  const announce = (line: string): void => {
    // Mails of the mailbox: their links are for this terminal, and for no log
    if (isReady) process.stdout.write(`keyhaven: ${plain(line)}\n`)
    else messages.push(line)
  }
  const keyhaven = await createKeyhaven({ migrate, log, announce })
  const stop = await listen(keyhaven).catch(async (error: unknown) => {
    await keyhaven.close()
    throw withUrl(error, keyhaven.settings)
  })
  // Before the ready message: a supervisor that reads it may stop the process at once
  stopOnSignal(async () => {
    await stop()
    await keyhaven.close()
  })
  for (const line of [...messages, ...placeLine(keyhaven.settings)]) log.info(line)
  if (asJson) log.info(`ready at ${keyhaven.issuer}`)
  process.stdout.write(`keyhaven: ready at ${keyhaven.issuer}\n`)
  isReady = true
}
