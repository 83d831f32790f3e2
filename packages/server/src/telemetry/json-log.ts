import { writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { errorCode } from '@keyhaven/core/errors'
import { printable } from '@keyhaven/guard/kit'
import type { LogLevel } from '../config/options.ts'
import { loggable } from './loggable.ts'
import type { Logger } from './logger.ts'

/** Levels from the least important. */
const levels: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/** Receives each line with its line feed. */
export interface LogLines {
  readonly write: (line: string) => unknown
}

/** A log of JSON lines of printable characters with named levels, to standard error by default. */
export function createJsonLog(level: LogLevel, lines: LogLines = standardError): Logger {
  return logOf(level, lines, { pid: process.pid, hostname: hostname() })
}

function logOf(level: LogLevel, lines: LogLines, always: object): Logger {
  const at = (name: LogLevel): Logger['info'] => {
    if (levels.indexOf(name) < levels.indexOf(level)) return () => {}
    return (first: object | string, text?: string) => {
      const [members, msg = text] = typeof first === 'string' ? [{}, first] : [loggable(first)]
      const entry = {
        level: name,
        time: Date.now(),
        ...always,
        ...members,
        ...(msg !== undefined && { msg }),
      }
      lines.write(`${printable(JSON.stringify(entry))}\n`)
    }
  }
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (members) => logOf(level, lines, { ...always, ...loggable(members) }),
  }
}

const standardError: LogLines = {
  write: (line) => {
    let rest = Buffer.from(line)
    while (rest.length > 0) {
      try {
        rest = rest.subarray(writeSync(2, rest))
      } catch (error) {
        // The service continues without a log if its reader is gone or the disk is full
        if (errorCode(error) !== 'EAGAIN') return
        waitForReader()
      }
    }
  },
}

/** A pipe that does not block is full: waits as one that blocks would. */
function waitForReader(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
}
