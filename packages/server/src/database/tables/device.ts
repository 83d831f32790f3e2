/**
 * One row per account and browser that has signed in to it. The browser's cookie opens nothing: it
 * chooses the count of wrong passwords, and marks sign-ins of new browsers. Times are milliseconds
 * since 1970.
 */
export interface DeviceTable {
  id: string
  account_id: string
  /** SHA-256 of the device cookie, base64url. Accounts that share a browser have the same. */
  cookie_sha256: string
  first_used_at: number
  /** The last sign-in. */
  last_used_at: number
  /** The client's network address at the last sign-in. */
  address: string | null
  /** Kind of browser and system at the last sign-in, from a fixed list. */
  browser: string | null
  /** JSON array: which of these two were others at the sign-in before. */
  changed: string
}
