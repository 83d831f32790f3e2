/**
 * One row per credential: whatever an access token stands on. Times are milliseconds since 1970.
 * Each kind has columns of its own in a table that shares the id, such as `sessions`.
 */
export interface CredentialTable {
  id: string
  /** The name of its kind (`flows/credentials/kinds.ts`). */
  kind: string
  account_id: string
  /** The `client_id` of its tokens. */
  client_id: string
  /** JSON array of the scopes that its tokens may have at most; null for all that the account has. */
  scope: string | null
  /** The credential of the same account from which it was made and with which it ends. */
  parent_id: string | null
  created_at: number
  last_used_at: number
  idle_expires_at: number | null
  absolute_expires_at: number | null
  /** When and why it ended; both null while it is live. */
  ended_at: number | null
  end_code: 'session_ended' | 'account_locked' | null
  /** The installation's epoch in which it was made, which the next ends; null for a kind that a restore leaves. */
  epoch: number | null
}
