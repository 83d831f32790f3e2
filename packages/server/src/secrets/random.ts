import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import { checkedSecret } from '@keyhaven/core'
import {
  API_KEY_PREFIX,
  GUARD_KEY_PREFIX,
  MACHINE_KEY_PREFIX,
  TICKET_PREFIX,
} from '@keyhaven/core/wire'

/** An id that is never reused: a readable prefix and 128 random bits. */
export function newId(
  prefix: 'acc' | 'ses' | 'grd' | 'eff' | 'att' | 'lnk' | 'dev' | 'fac' | 'dlg' | 'tkt' | 'mch',
): string {
  return `${prefix}_${randomBytes(16).toString('base64url')}`
}

/** 128 random bits, for a token's `jti` and the name of a log. */
export function newTokenId(): string {
  return randomBytes(16).toString('base64url')
}

/** An id of a request. It is not a secret. */
export function newRequestId(): string {
  return randomUUID()
}

/** 256 random bits, for the session cookie, the flow and device cookies and the tokens in mails. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

function base62(length: number): string {
  const sign = (): string => BASE62[randomInt(BASE62.length)] ?? ''
  return Array.from({ length }, sign).join('')
}

/** A guard key: its prefix, then 43 letters and digits with 256 random bits. */
export function newGuardKey(): string {
  return GUARD_KEY_PREFIX + base62(43)
}

/** The key of a machine: its prefix, then 43 letters and digits with 256 random bits. */
export function newMachineKey(): string {
  return MACHINE_KEY_PREFIX + base62(43)
}

/** An API key: an id that is no secret, and a secret of 256 random bits with its checksum. */
export function newApiKey(): { readonly id: string; readonly secret: string } {
  return { id: API_KEY_PREFIX + base62(16), secret: checkedSecret(base62(43)) }
}

/** A ticket: its prefix, then 256 random bits. */
export function newTicket(): string {
  return TICKET_PREFIX + newSecret()
}

const CODE_SIGNS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'

/** A code of eight characters for people who read a mail on another device; no 0, O, 1 or I. */
export function newCode(): string {
  const sign = (): string => CODE_SIGNS[randomInt(CODE_SIGNS.length)] ?? ''
  return Array.from({ length: 8 }, sign).join('')
}
