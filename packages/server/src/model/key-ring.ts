import { createKeySet, publicJwks } from '@keyhaven/core'
import type { KeySet, SigningKey } from '@keyhaven/core'
import type { SealedKey } from '../stores/keys.ts'

/**
 * `next` is published but does not sign yet; the last tokens of a `retiring` key are still valid.
 */
export type KeyState = 'next' | 'current' | 'retiring' | 'withdrawn'

/** A row of the ring with its decrypted key. */
export interface RingKey {
  readonly row: SealedKey
  readonly key: SigningKey
}

/** The keys as of one moment. */
export interface KeysNow {
  readonly signing: SigningKey
  /** Keys that verify tokens. */
  readonly set: KeySet
  /** The published key set (RFC 7517). */
  readonly jwks: { readonly keys: readonly object[] }
  /** Milliseconds since 1970 until which this holds without a change of the ring. */
  readonly until: number
}

/** The state of a key, derived from its times. `rows` are newest first. */
export function stateOf(row: SealedKey, rows: readonly SealedKey[], now: number): KeyState {
  if (row.withdrawn_at !== null) return 'withdrawn'
  if (row.kid === signingRow(rows, now)?.kid) return 'current'
  return row.signs_from > now ? 'next' : 'retiring'
}

/**
 * The newest key that is due. If none is, because this process reads an earlier time than the
 * process that made the keys, the newest signs: guards know it, and an emergency must not wait.
 */
function signingRow(rows: readonly SealedKey[], now: number): SealedKey | undefined {
  const live = rows.filter(({ withdrawn_at }) => withdrawn_at === null)
  return live.find(({ signs_from }) => signs_from <= now) ?? live[0]
}

/** The keys that sign and verify at a time, and until when. */
export function keysAt(ring: readonly RingKey[], now: number): KeysNow {
  const rows = ring.map(({ row }) => row)
  const current = signingRow(rows, now)
  const signing = ring.find(({ row }) => row === current)
  if (signing === undefined) throw new Error('Every key of the ring is withdrawn.')
  const live = ring.filter(({ row }) => row === current || isPublished(row, now))
  const jwks = publicJwks(live.map(({ key }) => key))
  const changes = rows
    .flatMap((row) => [row.signs_from, row.published_until ?? Infinity])
    .filter((time) => time > now)
  return {
    signing: signing.key,
    jwks,
    set: createKeySet(jwks),
    until: Math.min(...changes, Infinity),
  }
}

function isPublished({ withdrawn_at, published_until }: SealedKey, now: number): boolean {
  return withdrawn_at === null && (published_until === null || published_until > now)
}
