import type { Generated } from 'kysely'

/** One row per security event; appended, then sealed once. Only an erasure removes values. */
export interface AuditTable {
  id: Generated<number>
  /** Milliseconds since 1970. */
  at: number
  action: string
  /**
   * The account that acted, or the operator at the command line; null for unknown callers and the
   * service itself.
   */
  actor_id: string | null
  account_id: string | null
  session_id: string | null
  reason: string | null
  /** The client's network address. */
  address: string | null
  /** JSON object; never a credential. */
  details: string | null
  /** Its place in the chain, from 1 without gaps; null until it is sealed. */
  number: number | null
  /** The keyed seal over this row and the seal of the row before. */
  hash: string | null
  /**
   * A second keyed seal, if an erasure has removed values: over what is left and the first seal, which
   * the values are needed to check.
   */
  erased: Generated<string | null>
}
