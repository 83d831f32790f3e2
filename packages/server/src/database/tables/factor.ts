/**
 * One row per second factor: an authenticator app (TOTP) or a passkey. Times are milliseconds since
 * 1970.
 */
export interface FactorTable {
  id: string
  account_id: string
  kind: 'totp' | 'passkey'
  /** As its user named it. */
  name: string | null
  /** The sealed secret of an authenticator app, or the public key of a passkey (COSE, base64url). */
  secret: string
  /** The credential id of a passkey, base64url, which no other account has; null for an app. */
  passkey_id: string | null
  /**
   * The last time step whose code was used, or the last signature counter; until it is confirmed, how
   * many codes were wrong.
   */
  counter: number
  /** JSON of what the authenticator reported of itself; null for an app. */
  about: string | null
  /** The session in which it was added; null if none was open. */
  session_id: string | null
  created_at: number
  /** When its user proved to have it; null until then: it is no factor yet. */
  confirmed_at: number | null
  last_used_at: number | null
}

/** One row per unused recovery code of an account. */
export interface RecoveryCodeTable {
  account_id: string
  /** Keyed hash of the code. */
  code_hmac: string
  created_at: number
}

/** One row per challenge that a passkey must sign, deleted when it is answered. */
export interface ChallengeTable {
  /** What the answer belongs to: the id of an attempt, of a session or of a link. */
  subject_id: string
  purpose: 'registration' | 'sign-in' | 'second-factor' | 'step-up' | 'undo' | 'deny'
  /** 256 random bits, base64url. */
  challenge: string
  expires_at: number
  /** The installation's epoch in which it was made; the next one ends it. */
  epoch: number
}
