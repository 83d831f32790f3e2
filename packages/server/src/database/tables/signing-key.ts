/** One row per key that signs tokens; the private key is sealed under the master key. */
export interface SigningKeyTable {
  kid: string
  alg: 'ES256' | 'Ed25519'
  sealed: string
  /** JSON of the public key; null in rows that are older than this column. */
  public_jwk: string | null
  created_at: number
  /** Milliseconds since 1970 from which it signs: published before, so that every guard knows it. */
  signs_from: number
  /** End of its last token, once it has a successor; null before. */
  published_until: number | null
  /** Withdrawn in an emergency: it verifies nothing again. */
  withdrawn_at: number | null
}
