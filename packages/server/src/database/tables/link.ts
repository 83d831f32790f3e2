/**
 * One row per one-time token in a mail, deleted when it is used. Times are milliseconds since 1970.
 */
export interface LinkTable {
  id: string
  purpose:
    | 'verify'
    | 'reset'
    | 'sign-in'
    | 'enrol'
    | 'email-change'
    | 'email-undo'
    | 'erasure-undo'
    | 'deny'
  /** SHA-256 of the token, base64url. */
  token_sha256: string
  /** Keyed hash of the code beside the link, and how often a wrong one was typed. */
  code_hmac: string
  tries: number
  /** The attempt with whose cookie the code is valid; null if no browser requested the mail. */
  attempt_id: string | null
  /** The account that it was made for; null for a sign-up, and for an address without an account. */
  account_id: string | null
  /** The account's credential version when it was made; another one ends the link. */
  credential_version: number | null
  /** The address that it was made for. */
  email: string
  email_key: string
  /** What it acts on, as its purpose needs it: an id, or JSON; null for most purposes. */
  about: string | null
  created_at: number
  expires_at: number
  /** The installation's epoch in which it was made; the next one ends it. */
  epoch: number
}
