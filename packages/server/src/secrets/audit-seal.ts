import type { KeyObject } from 'node:crypto'
import { hmac } from './hashes/hash.ts'

/** The columns of an audit row that its seal covers. */
export interface Sealable {
  /** The place in the chain. */
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
 * The seal of a row after another: HMAC-SHA-256 as base64url. It can't be computed with write
 * access to the database only, without the key.
 */
export function auditSealOf(key: KeyObject, previous: string, row: Sealable): string {
  const { number, id, at, action, actor_id, account_id, session_id } = row
  const who = [actor_id, account_id, session_id]
  const { reason, address, details } = row
  // JSON separates the values, so that no two rows have the same text
  const text = JSON.stringify([previous, number, id, at, action, who, reason, address, details])
  return hmac(key, text)
}
