import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** SHA-256 as base64url: how random secrets lie in the database, and XSRF tokens in a token. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

/** HMAC-SHA-256 as base64url. */
export function hmac(key: Uint8Array, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url')
}

/** Compares two secrets in a time that depends on their lengths alone. */
export function equalSecrets(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
