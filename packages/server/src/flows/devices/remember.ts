import type { Moment } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import type { Actor } from '../../events/happened.ts'
import { sha256 } from '../../secrets/hashes/hash.ts'
import { newId, newSecret } from '../../secrets/random.ts'
import type { Account } from '../../stores/accounts.ts'
import { MOST_ACCOUNTS, carryDevices, insertDevice, renewDevice } from '../../stores/devices.ts'
import type { Device } from '../../stores/devices.ts'
import { deviceOf } from './browser.ts'
import type { DeviceBrowser } from './browser.ts'

/** A browser that a user of an account has just used. */
export interface BrowserUse {
  readonly browser: DeviceBrowser
  /** The browser in words. */
  readonly words: string | undefined
  readonly actor: Actor
  /** Whether it is an app: it keeps no device cookie, so the account knows none at its next sign-in. */
  readonly isNative?: boolean | undefined
}

/** A browser that the account knows now. */
export interface RememberedDevice {
  readonly id: string
  /** Its next cookie: a copy of the former one is worth nothing (H20). */
  readonly cookie: string
  readonly isNew: boolean
}

/**
 * Makes a browser known to a locked account, with a new cookie. The other accounts of the browser
 * get that cookie too, unless it sent several: then another site may have planted one.
 */
export async function rememberDevice(
  { db, now }: Moment,
  account: Locked<Account>,
  { browser, words, actor, isNative = false }: BrowserUse,
): Promise<RememberedDevice> {
  const cookie = newSecret()
  if (isNative) return { id: newId('dev'), cookie, isNew: true }
  const hash = sha256(cookie)
  const known = deviceOf(browser, account.id)
  const use = {
    cookie_sha256: hash,
    last_used_at: now,
    address: actor.address ?? null,
    browser: words ?? null,
  }
  const renewed =
    known !== undefined &&
    (await renewDevice(db, account, { ...use, id: known.id, changed: changesOf(known, use) }))
  const id = renewed ? known.id : newId('dev')
  if (!renewed) await insertDevice(db, account, { ...use, id, first_used_at: now, changed: '[]' })
  const others = browser.devices.filter(({ account_id }) => account_id !== account.id)
  if (browser.hashes.length === 1 && others.length > 0) {
    const carried = others.slice(0, MOST_ACCOUNTS - 1).map((other) => other.id)
    await carryDevices(db, carried, hash)
  }
  return { id, cookie, isNew: !renewed }
}

/** Which of its members are others than at the sign-in before, as JSON. */
function changesOf(former: Device, use: Pick<Device, 'address' | 'browser'>): string {
  return JSON.stringify(
    (['address', 'browser'] as const).filter((member) => former[member] !== use[member]),
  )
}
