import type { DatabaseSync } from 'node:sqlite'
import { RateLimiterSQLite } from 'rate-limiter-flexible'
import type { Counters } from '../counting.ts'
import { preparing } from './connection.ts'

const DROP_COUNTS =
  'delete from rate_limits where key in (select key from rate_limits where expire <= ? order by expire limit ?)'

/** Counts of the rate limits, on a connection of their own. */
export function sqliteCounters(raw: DatabaseSync, inTurn: Counters['inTurn']): Counters {
  // Losing the last counts in a power cut is harmless; waiting for the disk at every attempt is not
  raw.exec('pragma synchronous=NORMAL')
  const prepare = preparing(raw)
  const storeClient = {
    prepare,
    // Each is one statement, and so its own transaction
    transaction: (work: () => unknown) => work,
  }
  return {
    inTurn,
    limiter: (rule) =>
      new RateLimiterSQLite({
        storeClient,
        storeType: 'better-sqlite3',
        tableName: 'rate_limits',
        tableCreated: true,
        clearExpiredByTimeout: false,
        ...rule,
      }),
    dropBefore: async (time, most) => Number(prepare(DROP_COUNTS).run(time, most).changes),
  }
}
