import { RateLimiterPostgres } from 'rate-limiter-flexible'
import type { PostgresConnections } from './connections.ts'
import type { Counters } from '../counting.ts'

interface Query {
  readonly text: string
  readonly values?: readonly unknown[]
}

const DROP_COUNTS = `with dropped as (
  delete from rate_limits where key in
    (select key from rate_limits where expire <= $1 order by expire limit $2)
  returning 1) select count(*) as count from dropped`

/** Counts of the rate limits, on a pool of their own. */
export function postgresCounters(
  connections: PostgresConnections,
  inTurn: Counters['inTurn'],
): Counters {
  const storeClient = {
    query: ({ text, values = [] }: Query) => connections.query(text, values),
  }
  return {
    inTurn,
    limiter: (rule) =>
      new RateLimiterPostgres({
        storeClient,
        storeType: 'client',
        tableName: 'rate_limits',
        tableCreated: true,
        clearExpiredByTimeout: false,
        ...rule,
      }),
    dropBefore: async (time, most) => {
      const { rows } = await connections.query<{ count: number }>(DROP_COUNTS, [time, most])
      return rows[0]?.count ?? 0
    },
  }
}
