import type { Moment } from '../../database/database.ts'
import { sha256 } from '../../secrets/hashes/hash.ts'
import { devicesByCookie } from '../../stores/devices.ts'
import type { Device } from '../../stores/devices.ts'

/** A browser as its device cookie names it, and the accounts that know it. */
export interface DeviceBrowser {
  /** Hashes of the cookies that it sent; several only if another site planted some. */
  readonly hashes: readonly string[]
  readonly devices: readonly Device[]
}

/** Finds the browser of these device cookies. */
export async function deviceBrowser(
  { db }: Pick<Moment, 'db'>,
  cookies: readonly string[],
): Promise<DeviceBrowser> {
  const hashes = [...new Set(cookies)].map(sha256)
  return { hashes, devices: await devicesByCookie(db, hashes) }
}

/** What an account knows of a browser. */
export function deviceOf(
  { devices }: DeviceBrowser,
  accountId: string | undefined,
): Device | undefined {
  return devices.find(({ account_id }) => account_id === accountId)
}
