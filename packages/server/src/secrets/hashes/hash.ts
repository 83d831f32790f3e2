import { createHmac, createSecretKey, hash, timingSafeEqual } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/**
 * SHA-256 as base64url: the form of random secrets in the database, and of the XSRF token in a
 * token.
 */
export function sha256(text: string): string {
  return hash('sha256', text, 'base64url')
}

/** SHA-1 as hexadecimal digits, for the ranges of breached passwords only. */
export function sha1(text: string): string {
  return hash('sha1', text, 'hex')
}

/** A key for `hmac`, prepared once because that costs more than using it. */
export function hmacKey(bytes: Uint8Array): KeyObject {
  return createSecretKey(bytes)
}

/** HMAC-SHA-256 as base64url. */
export function hmac(key: KeyObject, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url')
}

/** Compares two secrets in a time that depends only on their lengths. */
export function equalSecrets(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
