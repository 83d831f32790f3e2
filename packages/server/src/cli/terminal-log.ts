import type { Logger } from '../telemetry/logger.ts'
import type { LogLevel } from '../config/options.ts'
import { createJsonLog } from '../telemetry/json-log.ts'
import { plain } from './plain.ts'

/** Members of a log line that a terminal leaves out: it shows one process, live. */
const LEFT_OUT = new Set(['level', 'time', 'pid', 'hostname', 'msg', 'err'])

/**
 * A log for a terminal: one line of text an entry, and the stack of an unexpected error below it.
 */
export function createTerminalLog(level: LogLevel, write: (text: string) => void): Logger {
  return createJsonLog(level, { write: (line) => write(textOf(line)) })
}

function textOf(line: string): string {
  const value = JSON.parse(line) as Readonly<Record<string, unknown>>
  const { level, msg, err } = value
  const rest = Object.entries(value)
    .filter(([name]) => !LEFT_OUT.has(name))
    .map(([name, one]) => `${name}=${typeof one === 'string' ? one : JSON.stringify(one)}`)
  const grave = level === 'info' ? [] : [`${String(level)}:`]
  const first = plain(
    ['keyhaven:', ...grave, typeof msg === 'string' ? msg : '', ...rest].join(' '),
  )
  return `${[first, ...stackOf(err)].join('\n')}\n`
}

function stackOf(error: unknown): string[] {
  const { stack } = (error ?? {}) as { stack?: string }
  return stack === undefined ? [] : stack.split('\n').map((line) => `  ${plain(line)}`)
}
