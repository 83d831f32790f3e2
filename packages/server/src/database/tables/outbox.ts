import type { Generated } from 'kysely'

/** One row per event and consumer that is not delivered yet; deleted when it is. */
export interface OutboxTable {
  /** Rows of one account have the order of its events. */
  id: Generated<number>
  /** What delivers it. */
  consumer: string
  event: string
  /** Empty if the event concerns no account. */
  account_id: string
  /** Milliseconds since 1970. */
  written_at: number
  /** Milliseconds since 1970 before which it is not tried again; 0 if it was never tried. */
  retry_at: Generated<number>
}

/** One row per notice to all processes; a new one replaces the thousandth before it. */
export interface NoticeTable {
  /** From 1 without gaps, in the order in which they become visible. */
  number: number
  /** Random: a failover may lose a notice, and another one then gets its number. */
  id: string
  kind: string
  /** Empty if it concerns no account. */
  account_id: string
}
