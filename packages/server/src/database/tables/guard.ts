/** One row per guard key. */
export interface GuardTable {
  id: string
  name: string
  /** SHA-256 of the key, base64url. */
  key_hash: string
  created_at: number
}

/** One row per guard and process of the service that hears it: written in batches, dropped with the process. */
export interface GuardReportTable {
  guard_id: string
  process_id: string
  /** What the guard says to have applied; both null where it has said nothing here. */
  log: string | null
  seq: number | null
  /** Milliseconds since 1970 at which this number was reported first, and of the last sign that the guard listens. */
  applied_at: number | null
  heard_at: number | null
  /** 1 where it claims more than the log holds. */
  ahead: number
  /** Open streams in this process. */
  connections: number
  updated_at: number
}
