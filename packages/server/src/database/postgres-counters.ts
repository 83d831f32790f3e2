import { RateLimiterPostgres } from 'rate-limiter-flexible'
import type { PostgresConnections } from './postgres-connections.ts'
import type { Counters } from './counting.ts'

interface Query {
  readonly text: string
  readonly values?: readonly unknown[]
}

/** Counts beside the other tables, on connections of their own. */
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
    dropBefore: async (now) => {
      await connections.query('delete from rate_limits where expire <= $1', [now])
    },
  }
}
