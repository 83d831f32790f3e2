import type { Generated } from 'kysely'

/** One row per security event; appended, never changed. */
export interface AuditTable {
  id: Generated<number>
  /** Milliseconds since 1970. */
  at: number
  action: string
  /** The account that acted; null for strangers, the service itself and the command line. */
  actor_id: string | null
  account_id: string | null
  session_id: string | null
  reason: string | null
  /** The client's network address. */
  address: string | null
  /** JSON object; never a credential. */
  details: string | null
}
