import { KeyhavenError } from '@keyhaven/core/errors'
import type { ContextPart } from '../context.ts'

/** Milliseconds that a function of the application is given. */
const PATIENCE = 5000

/** Runs a function of the application. Its own refusal stands; any other failure is ours to log: 500. */
export async function askApplication<T>(name: string, ask: () => T | Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    const reason = `${name} took more than 5 s`
    timer = setTimeout(() => reject(new KeyhavenError('internal', { reason })), PATIENCE)
  })
  try {
    return await Promise.race([(async () => ask())(), late])
  } catch (cause) {
    if (cause instanceof KeyhavenError) throw cause
    throw new KeyhavenError('internal', { reason: `${name} failed`, cause })
  } finally {
    clearTimeout(timer)
  }
}

/** Tells the application of what is done already: that it fails changes nothing of it. */
export async function notifyApplication(
  { tools: { log } }: ContextPart<'tools', 'log'>,
  name: string,
  notify: () => void | Promise<void>,
): Promise<void> {
  try {
    await askApplication(name, notify)
  } catch (error) {
    log.error({ err: error }, `${name} failed; what it was told of stands`)
  }
}
