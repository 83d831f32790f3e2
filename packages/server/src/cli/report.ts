import { errorMessage, KeyhavenError } from '@keyhaven/core/errors'
import type { CommanderError } from 'commander'
import { ConfigurationError } from '../config/configuration-error.ts'
import { withExample } from './with-example.ts'
import { jsonLine, plain } from './plain.ts'

/** Whether it is commander's error about what was typed. Its class is not loaded for that: a start needs no parser. */
function isUsage(error: unknown): error is CommanderError {
  return (
    error instanceof Error && 'code' in error && /^(commander|keyhaven)\./.test(String(error.code))
  )
}

/** Whether commander printed help or the version instead of running a command. */
export function isHelp(error: unknown): boolean {
  return isUsage(error) && /^commander\.(help|version)/.test(error.code)
}

/** 0 for help, 2 for wrong usage, 78 for a wrong configuration, 1 for every other failure. */
export function exitCodeOf(error: unknown): 0 | 1 | 2 | 78 {
  if (isUsage(error)) return error.exitCode === 0 ? 0 : 2
  return error instanceof ConfigurationError ? 78 : 1
}

/** Prints an error on standard error: one sentence, or JSON with a stable code. */
export function report(error: unknown, json: boolean): void {
  const code = codeOf(error)
  const detail = plain(sentenceOf(error).replace(/\s+/g, ' ').trim())
  const line = json ? jsonLine({ error: { code, detail } }) : `keyhaven: ${detail}`
  process.stderr.write(`${line}\n`)
}

function codeOf(error: unknown): string {
  if (error instanceof ConfigurationError) return 'configuration'
  if (isUsage(error)) return 'usage'
  return error instanceof KeyhavenError ? error.code : 'internal'
}

function sentenceOf(error: unknown): string {
  if (isUsage(error)) {
    const what = error.message.replace(/^error: /, '').replace(/\.$/, '')
    return `${withExample(what)}; --help lists what it takes.`
  }
  if (error instanceof KeyhavenError) return oneSentence(error)
  return errorMessage(error)
}

/** Sentences of the catalogue address users of a page: the fact, then what to do. */
function oneSentence({ code, message, details: { errors = [], reason } }: KeyhavenError): string {
  // The general sentence is about a request, and an operator sent none
  const what = errors.map(({ path, message }) => `${path}: ${message}`).join(' ')
  if (what !== '') return what
  if (code === 'unavailable' && reason !== undefined) {
    return `The database can’t be used now (${reason.replace(/^database: /, '')}): try again when it answers.`
  }
  const joined = message.replace(/\. ([A-Z])/, (_, sign: string) => `: ${sign.toLowerCase()}`)
  return joined + (reason === undefined ? '' : ` (${reason})`)
}

/** Prints the result of a command on standard output: lines of text, or one JSON value. */
export function printResult(
  json: boolean | undefined,
  value: unknown,
  lines: () => readonly string[],
): void {
  process.stdout.write(json ? `${jsonLine(value)}\n` : `${lines().map(plain).join('\n')}\n`)
}
