import { join } from 'node:path'
import { pino } from 'pino'
import type { Logger } from 'pino'

/** A log of all levels in the folder of test logs, which a check searches for credentials at the end. */
export function testLog(): Logger {
  const dest = join(import.meta.dirname, '../../../../.work/logs', `${process.pid}.log`)
  return pino({ level: 'trace' }, pino.destination({ dest, mkdir: true, sync: true, append: true }))
}
