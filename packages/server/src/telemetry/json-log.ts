import { printable } from '@keyhaven/guard/kit'
import { pino } from 'pino'
import type { DestinationStream } from 'pino'
import type { LogLevel } from '../config/options.ts'
import type { Logger } from './logger.ts'

/** A log of JSON lines of printable characters with named levels, to standard error by default. */
export function createJsonLog(
  level: LogLevel,
  destination: DestinationStream = pino.destination(2),
): Logger {
  return pino(
    {
      level,
      formatters: { level: (label) => ({ level: label }) },
      // A line ends with a line feed
      hooks: { streamWrite: (line) => `${printable(line.slice(0, -1))}\n` },
    },
    destination,
  )
}
