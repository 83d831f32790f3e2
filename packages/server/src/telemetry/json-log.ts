import { pino } from 'pino'
import type { DestinationStream } from 'pino'
import type { LogLevel } from '../config/options.ts'
import type { Logger } from './logger.ts'

/** A log of JSON lines with named levels, to standard error by default. */
export function createJsonLog(
  level: LogLevel,
  destination: DestinationStream = pino.destination(2),
): Logger {
  return pino({ level, formatters: { level: (label) => ({ level: label }) } }, destination)
}
