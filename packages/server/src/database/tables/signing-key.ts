/** One row per key that signs tokens; the private key is sealed with the master key. */
export interface SigningKeyTable {
  kid: string
  alg: 'ES256' | 'Ed25519'
  sealed: string
  /** JSON of the public key; null in rows older than this column. */
  public_jwk: string | null
  created_at: number
  /**
   * Milliseconds since 1970 from which it signs. It is published earlier, so that every guard knows
   * it by then.
   */
  signs_from: number
  /** When its last token expires, once it has a successor; null before. */
  published_until: number | null
  /** When it was withdrawn in an emergency; it never verifies again. */
  withdrawn_at: number | null
}
