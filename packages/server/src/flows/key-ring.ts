import { createKeySet, publicJwks } from '@keyhaven/core'
import type { KeySet, SigningKey } from '@keyhaven/core'
import type { SealedKey } from '../stores/keys.ts'

/** `next` is published and does not sign yet; `retiring` signed the last tokens that still live. */
export type KeyState = 'next' | 'current' | 'retiring' | 'withdrawn'

/** A row of the ring with its opened key. */
export interface RingKey {
  readonly row: SealedKey
  readonly key: SigningKey
}

/** The keys as they are at one moment. */
export interface KeysNow {
  readonly signing: SigningKey
  /** Keys that verify. */
  readonly set: KeySet
  /** What is published (RFC 7517). */
  readonly jwks: { readonly keys: readonly object[] }
  /** Milliseconds since 1970 at which this changes by itself. */
  readonly until: number
}

/** A key's state: it follows from its times alone. `rows` are newest first. */
export function stateOf(row: SealedKey, rows: readonly SealedKey[], now: number): KeyState {
  if (row.withdrawn_at !== null) return 'withdrawn'
  if (row.signs_from > now) return 'next'
  const signing = rows.find((one) => one.withdrawn_at === null && one.signs_from <= now)
  return signing?.kid === row.kid ? 'current' : 'retiring'
}

/** The keys that sign and verify at a moment, and when that moment ends. */
export function keysAt(ring: readonly RingKey[], now: number): KeysNow {
  const rows = ring.map(({ row }) => row)
  const live = ring.filter(({ row }) => isPublished(row, now))
  const signing = live.find(({ row }) => stateOf(row, rows, now) === 'current')
  if (signing === undefined) throw new Error('No key of the ring may sign.')
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
