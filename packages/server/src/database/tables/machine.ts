/** One row per machine: a program that calls the administration API with reserved scopes of its own. */
export interface MachineTable {
  id: string
  name: string
  /** SHA-256 of the key, base64url. */
  key_sha256: string
  /** JSON array of reserved scopes. */
  scope: string
  /** JSON array of the networks (CIDR) from which it works; null for all. */
  addresses: string | null
  created_at: number
  expires_at: number
  last_used_at: number | null
}
