import type { DeviceEntry } from '@keyhaven/core/wire'
import type { Device } from '../stores/devices.ts'
import { time } from './time.ts'

/** A browser in a list; `current` has the hashes of the caller's device cookies. */
export function deviceItem(device: Device, current: ReadonlySet<string>): DeviceEntry {
  return {
    id: device.id,
    browser: device.browser,
    address: device.address,
    firstUsedAt: time(device.first_used_at),
    lastUsedAt: time(device.last_used_at),
    changed: JSON.parse(device.changed) as DeviceEntry['changed'],
    current: current.has(device.cookie_sha256),
  }
}
