import { KeyhavenError } from '@keyhaven/core/errors'
import { ConfigurationError } from '../config/configuration-error.ts'

/** 78 wrong configuration, 1 everything else that failed. */
export function exitCodeOf(error: unknown): 1 | 78 {
  return error instanceof ConfigurationError ? 78 : 1
}

/** One sentence for a person on standard error, or JSON with a stable code. */
export function report(error: unknown, json: boolean): void {
  const code = codeOf(error)
  const detail = sentenceOf(error)
  const line = json ? JSON.stringify({ error: { code, detail } }) : `keyhaven: ${detail}`
  process.stderr.write(`${line}\n`)
}

function codeOf(error: unknown): string {
  if (error instanceof ConfigurationError) return 'configuration'
  return error instanceof KeyhavenError ? error.code : 'internal'
}

function sentenceOf(error: unknown): string {
  if (error instanceof KeyhavenError) {
    const members = error.details.errors?.map(({ path, message }) => `${path}: ${message}`) ?? []
    const reason = error.details.reason === undefined ? [] : [`(${error.details.reason})`]
    return [error.message, ...members, ...reason].join(' ')
  }
  return error instanceof Error ? error.message : String(error)
}

/** The result of a command: lines for a person, or one JSON value. */
export function say(
  json: boolean | undefined,
  value: unknown,
  lines: () => readonly string[],
): void {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${lines().join('\n')}\n`)
}
