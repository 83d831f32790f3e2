import { errorMessage } from '@keyhaven/core/errors'

/** Writes a line for the people who run the API. */
export type Log = (line: string) => void

/** Logs a value that the application's code threw, which need not be an `Error`. */
export function logFailure(to: { readonly log: Log }, what: string, error: unknown): void {
  to.log(`${what}: ${textOf(error)}`)
}

/** A log that never throws: a line goes to standard error if the application's own log throws. */
export function safeLog(log: Log): Log {
  return (line) =>
    called(
      () => log(line),
      () => toStandardError(line),
    )
}

/** Calls the application's code, and passes to `failed` what it throws or rejects with. */
export function called(work: () => unknown, failed: (error: unknown) => void): void {
  try {
    const doing = work()
    if (isThenable(doing)) Promise.resolve(doing).catch(failed)
  } catch (error) {
    failed(error)
  }
}

/** Whether a value has a method `then`, as promises and the queries of some libraries do. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === 'function'
}

/** The log of a guard without an option `log`. */
export function toStandardError(line: string): void {
  process.stderr.write(`keyhaven guard: ${line}\n`)
}

function textOf(error: unknown): string {
  const stack: unknown = (error as { readonly stack?: unknown } | null | undefined)?.stack
  return typeof stack === 'string' ? stack : errorMessage(error)
}
