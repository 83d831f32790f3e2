import { KeyhavenError } from '@keyhaven/core/errors'
import type { ContextPart } from '../context.ts'

/** Milliseconds that a function of the application may take. */
const PATIENCE = 5000

/**
 * Calls a function of the application. Its own KeyhavenError is thrown as it is; any other failure
 * becomes a logged 500.
 */
export async function callApplication<T>(name: string, call: () => T | Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    const reason = `${name} took more than 5 s`
    timer = setTimeout(() => reject(new KeyhavenError('internal', { reason })), PATIENCE)
  })
  try {
    return await Promise.race([(async () => call())(), late])
  } catch (cause) {
    if (cause instanceof KeyhavenError) throw cause
    throw new KeyhavenError('internal', { reason: `${name} failed`, cause })
  } finally {
    clearTimeout(timer)
  }
}

/** Notifies the application after a change. A failure of it is logged and undoes nothing. */
export async function notifyApplication(
  { tools: { log } }: ContextPart<'tools', 'log'>,
  name: string,
  notify: () => void | Promise<void>,
): Promise<void> {
  try {
    await callApplication(name, notify)
  } catch (error) {
    log.error({ err: error }, `${name} failed; the change that it was notified of stays`)
  }
}
