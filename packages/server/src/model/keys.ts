import type { KeyObject } from 'node:crypto'
import type { KeysNow } from './key-ring.ts'

/** The keys of this installation, decrypted at start. */
export interface Keys {
  /** The keys at a time in milliseconds since 1970. */
  readonly at: (now: number) => KeysNow
  /** Reads the ring again after a change. */
  readonly reload: () => Promise<void>
  readonly xsrf: KeyObject
  /** Seals the secrets of second factors, and hashes recovery codes. */
  readonly factors: KeyObject
  /** Makes refresh tokens from their family and number. */
  readonly refresh: KeyObject
}
