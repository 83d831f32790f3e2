import { errorMessage } from '@keyhaven/core/errors'

/** Takes a line for the people who run the API. */
export type Log = (line: string) => void

/** Logs what code of the program threw, which can be anything. */
export function logFailure(to: { readonly log: Log }, what: string, error: unknown): void {
  to.log(`${what}: ${wordsOf(error)}`)
}

/** A log of the program’s own: where it throws, the line goes to standard error, and nothing else breaks. */
export function careful(log: Log): Log {
  return (line) =>
    called(
      () => log(line),
      () => toStandardError(line),
    )
}

/** Calls code of the program that returns nothing: what it throws, now or later, goes to `failed`. */
export function called(work: () => unknown, failed: (error: unknown) => void): void {
  try {
    const doing = work()
    if (isThenable(doing)) Promise.resolve(doing).catch(failed)
  } catch (error) {
    failed(error)
  }
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === 'function'
}

export function toStandardError(line: string): void {
  process.stderr.write(`keyhaven guard: ${line}\n`)
}

function wordsOf(error: unknown): string {
  const stack: unknown = (error as { readonly stack?: unknown } | null | undefined)?.stack
  return typeof stack === 'string' ? stack : errorMessage(error)
}
