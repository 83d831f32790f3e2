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
  // JSON separates the values, so that no two rows have the same text
  return hmac(key, JSON.stringify([previous, ...valuesOf(row)]))
}

/** A row with its seal, and a second one if an erasure has removed values. */
export interface Sealed extends Sealable {
  readonly hash: string
  readonly erased: string | null
}

/**
 * The second seal of a row from which an erasure has removed values. It covers what is left, the seal
 * of the row before, and the row's first seal, which the chain continues with.
 */
export function erasureSealOf(
  key: KeyObject,
  previous: string,
  row: Omit<Sealed, 'erased'>,
): string {
  return hmac(key, JSON.stringify(['erased', previous, row.hash, ...valuesOf(row)]))
}

/** Whether a row is as it was sealed, or as an erasure has left it. */
export function isAsSealed(key: KeyObject, previous: string, row: Sealed): boolean {
  return row.erased === null
    ? row.hash === auditSealOf(key, previous, row)
    : row.erased === erasureSealOf(key, previous, row)
}

function valuesOf(row: Sealable): readonly unknown[] {
  const { number, id, at, action, actor_id, account_id, session_id } = row
  const { reason, address, details } = row
  return [number, id, at, action, [actor_id, account_id, session_id], reason, address, details]
}
