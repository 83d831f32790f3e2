import type { PostgresConnections } from './postgres-connections.ts'
import { PostgresFailure } from './postgres-failure.ts'

/** Milliseconds for which one answer is used, and that it is waited for. */
const FRESH = 1000
const PATIENCE = 1000

/** Commits that wait for a synchronous standby; a role sees those of its own connections. */
const WAITING = `select 1 from pg_stat_activity
  where wait_event = 'SyncRep' and datname = current_database() limit 1`

/**
 * Names the cause behind a failure that only shows a wait: a commit that waits for a synchronous standby ends by a
 * time-out here, and holds locks that others wait for.
 */
export function createCauseOf(
  connections: PostgresConnections,
): (failure: PostgresFailure) => Promise<string> {
  let asked: { readonly at: number; readonly waiting: Promise<boolean> } | undefined
  const ask = async (): Promise<boolean> => {
    const late = new Promise<false>((resolve) => setTimeout(resolve, PATIENCE, false).unref())
    const found = connections.query(WAITING).then(({ rows }) => rows.length > 0)
    return Promise.race([found.catch(() => false), late])
  }
  return async (failure) => {
    if (!isWait(failure)) return failure.message
    if (asked === undefined || performance.now() - asked.at > FRESH) {
      asked = { at: performance.now(), waiting: ask() }
    }
    return (await asked.waiting)
      ? `commits wait for a synchronous standby that does not answer; ${failure.message}`
      : failure.message
  }
}

/** lock_not_available, query_canceled by a time-out, and a server that answered nothing in time. */
function isWait({ state, message }: PostgresFailure): boolean {
  return state === '55P03' || state === '57014' || message === 'Query read timeout'
}
