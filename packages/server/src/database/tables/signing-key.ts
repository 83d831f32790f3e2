/** One row per key that signs tokens; the private key is sealed under the master key. */
export interface SigningKeyTable {
  kid: string
  alg: 'ES256' | 'Ed25519'
  sealed: string
  created_at: number
}
