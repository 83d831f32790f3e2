import { Secret, TOTP } from 'otpauth'
import type { Keys } from '../../../model/keys.ts'
import { seal, unseal } from '../../../secrets/sealed.ts'

/** Seconds of a time step (RFC 6238 §4.1). */
const PERIOD = 30

/** Steps by which the clock of a phone may be off. */
const DRIFT = 1

/** Digits of a code. */
const DIGITS = 6

/** Binds a sealed secret to its factor. */
const label = (id: string): string => `totp ${id}`

/** A new secret of 160 bits (RFC 4226 §4). */
export function newTotpSecret(): Uint8Array {
  return new Secret({ size: 20 }).bytes
}

/** Seals the secret of a factor. */
export function sealTotpSecret({ factors }: Keys, id: string, secret: Uint8Array): string {
  return seal(factors, label(id), secret)
}

/** Opens the secret of a factor. */
export function openTotpSecret({ factors }: Keys, id: string, sealed: string): Uint8Array {
  return new Uint8Array(unseal(factors, label(id), sealed))
}

/** A secret as Base32, to be typed, and as the `otpauth:` URL of a QR code. */
export function shownTotp(
  secret: Uint8Array,
  { issuer, account }: { readonly issuer: string; readonly account: string },
): { readonly secret: string; readonly uri: string } {
  const totp = totpOf(secret, { issuer, label: account })
  return { secret: totp.secret.base32, uri: totp.toString() }
}

/** The time step of a right code, now or one step off; `undefined` for a wrong code. */
export function stepOf(secret: Uint8Array, code: string, now: number): number | undefined {
  const token = code.replace(/[\s\p{Pd}]+/gu, '')
  if (!/^\d{6}$/.test(token)) return undefined
  const delta = totpOf(secret, {}).validate({ token, timestamp: now, window: DRIFT })
  return delta === null ? undefined : Math.floor(now / 1000 / PERIOD) + delta
}

function totpOf(
  secret: Uint8Array,
  names: { readonly issuer?: string; readonly label?: string },
): TOTP {
  // A buffer of its own: the bytes may be a view of a larger one
  const own = new Uint8Array(secret)
  return new TOTP({
    ...names,
    algorithm: 'SHA1',
    digits: DIGITS,
    period: PERIOD,
    secret: new Secret({ buffer: own.buffer }),
  })
}
