import { setTimeout as sleep } from 'node:timers/promises'
import type { PostgresConnections } from './connections.ts'
import type { PostgresFailure } from './failure.ts'

/** Finds out whether commits wait for a synchronous standby that is not there. */
export interface StandbyWatch {
  /** Whether this backend's commit does. */
  isWaiting(backend: number): Promise<boolean>
  /** The cause of a failure, if it is that. */
  causeOf(failure: PostgresFailure): Promise<string | undefined>
}

/** Milliseconds for which a refusal waits for its cause. */
const PATIENCE = 500

/** lock_not_available, query_canceled */
const LATE = new Set(['55P03', '57014'])

/**
 * The server ends no commit that waits for a standby: neither its limit for statements nor a client that
 * has gone does (PostgreSQL 15, 27.2.8). What it holds locked makes others wait too.
 */
export function watchStandby(readers: PostgresConnections): StandbyWatch {
  const waiting = async (): Promise<readonly number[]> => {
    const { rows } = await readers.query<{ pid: number }>(
      "select pid from pg_stat_activity where wait_event = 'SyncRep' and datname = current_database()",
    )
    return rows.map(({ pid }) => pid)
  }
  const looked = async (): Promise<readonly number[]> => {
    const late = sleep(PATIENCE, [], { ref: false })
    return Promise.race([waiting().catch(() => []), late])
  }
  return {
    isWaiting: async (backend) => (await looked()).includes(backend),
    causeOf: async ({ state, message }) => {
      const isLate = LATE.has(state ?? '') || /timeout/i.test(message)
      if (!isLate || (await looked()).length === 0) return undefined
      return `commits wait for a synchronous standby that is missing (SyncRep in pg_stat_activity): start one, or take it out of synchronous_standby_names (${message})`
    },
  }
}
