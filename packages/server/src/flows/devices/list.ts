import type { DeviceEntry } from '@keyhaven/core/wire'
import type { Database } from '../../database/database.ts'
import { sha256 } from '../../secrets/hashes/hash.ts'
import { devicesOf } from '../../stores/devices.ts'
import { deviceItem } from '../../views/device-item.ts'

/** Lists the browsers that an account knows; `cookies` are the device cookies of the caller's. */
export async function listDevices(
  database: Database,
  accountId: string,
  cookies: readonly string[],
): Promise<readonly DeviceEntry[]> {
  const current = new Set(cookies.map(sha256))
  const devices = await database.read(({ db }) => devicesOf(db, accountId))
  return devices.map((device) => deviceItem(device, current))
}
