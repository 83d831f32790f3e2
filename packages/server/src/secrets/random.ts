import { randomBytes, randomUUID } from 'node:crypto'

/** An id that is never reused: a prefix for people and 128 random bits. */
export function newId(prefix: 'acc' | 'ses'): string {
  return `${prefix}_${randomBytes(16).toString('base64url')}`
}

/** 128 random bits, for a token's `jti`. */
export function newTokenId(): string {
  return randomBytes(16).toString('base64url')
}

/** Tells requests apart; guards nothing. */
export function newRequestId(): string {
  return randomUUID()
}

/** 256 random bits, for the session cookie. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}
