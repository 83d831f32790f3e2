import { errorMessage } from '@keyhaven/core/errors'

/** Takes a line for the people who run the API. */
export type Log = (line: string) => void

/** Logs what code of the program threw, which can be anything. */
export function logFailure(to: { readonly log: Log }, what: string, error: unknown): void {
  to.log(`${what}: ${wordsOf(error)}`)
}

/** A log of the program’s own: where it throws, the line goes to standard error, and nothing else breaks. */
export function careful(log: Log): Log {
  return (line) => {
    try {
      log(line)
    } catch {
      toStandardError(line)
    }
  }
}

export function toStandardError(line: string): void {
  process.stderr.write(`keyhaven guard: ${line}\n`)
}

function wordsOf(error: unknown): string {
  const stack: unknown = (error as { readonly stack?: unknown } | null | undefined)?.stack
  return typeof stack === 'string' ? stack : errorMessage(error)
}
