import { setTimeout as sleep } from 'node:timers/promises'
import type { PostgresConnections } from './connections.ts'
import type { PostgresFailure } from './failure.ts'

/** Detects commits that wait for a missing synchronous standby. */
export interface StandbyWatch {
  /** Whether the commit of this backend does. */
  isWaiting(backend: number): Promise<boolean>
  /** The sentence about a missing standby, if it caused the failure. */
  causeOf(failure: PostgresFailure): Promise<string | undefined>
}

/** Milliseconds for which a refusal waits until its cause is found. */
const PATIENCE = 500

/** lock_not_available, query_canceled */
const LATE = new Set(['55P03', '57014'])

/**
 * The server never ends a commit that waits for a standby: neither its time limit for statements
 * nor the end of the client's connection does (PostgreSQL 15, 27.2.8). Locks that it holds make
 * others wait too.
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
