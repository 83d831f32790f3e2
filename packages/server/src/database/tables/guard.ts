/** One row per guard key. */
export interface GuardTable {
  id: string
  name: string
  /** SHA-256 of the key, base64url. */
  key_hash: string
  created_at: number
  /** JSON array of the audiences that it guards; null for all that a cookie's token has. */
  audiences: string | null
  /** JSON array of origins besides its audiences at which it redeems tickets; null for none. */
  origins: string | null
  /** JSON array of the audiences that it may exchange tokens for; null for none. */
  exchange_to: string | null
}

/**
 * One row per guard and process that it is connected to: written in batches, deleted with the
 * process.
 */
export interface GuardReportTable {
  guard_id: string
  process_id: string
  /**
   * The log and number that the guard reported as applied; both null without a report to this
   * process.
   */
  log: string | null
  seq: number | null
  /**
   * Milliseconds since 1970: when this number was reported first, and when the guard was last
   * connected.
   */
  applied_at: number | null
  heard_at: number | null
  /** 1 if it reports a number that the log does not have yet. */
  ahead: number
  /** Open streams in this process. */
  connections: number
  updated_at: number
}
