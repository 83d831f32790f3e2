import { RateLimiterPostgres } from 'rate-limiter-flexible'
import type { PostgresConnections } from './postgres-connections.ts'
import type { Counters } from './rate-limits.ts'

interface Query {
  readonly text: string
  readonly values?: readonly unknown[]
}

/** Counts beside the other tables, on connections of their own. */
export function postgresCounters(connections: PostgresConnections): Counters {
  const storeClient = {
    query: ({ text, values = [] }: Query) => connections.query(text, values),
  }
  return {
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
