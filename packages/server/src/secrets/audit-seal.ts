import type { KeyObject } from 'node:crypto'
import { hmac } from './hashes/hash.ts'

/** Every column of a row of the audit log that its seal covers. */
export interface Sealable {
  /** Its place in the chain. */
  readonly number: number
  readonly id: number
  readonly at: number
  readonly action: string
  readonly actor_id: string | null
  readonly account_id: string | null
  readonly session_id: string | null
  readonly reason: string | null
  readonly address: string | null
  readonly details: string | null
}

/**
 * The seal of a row behind another one: HMAC-SHA-256 as base64url, so that whoever can write to the
 * database, but doesn't have the key, can't seal what they wrote.
 */
export function auditSealOf(key: KeyObject, previous: string, row: Sealable): string {
  const { number, id, at, action, actor_id, account_id, session_id } = row
  const who = [actor_id, account_id, session_id]
  const { reason, address, details } = row
  // JSON keeps apart what concatenation would not: no two rows have one text
  const text = JSON.stringify([previous, number, id, at, action, who, reason, address, details])
  return hmac(key, text)
}
