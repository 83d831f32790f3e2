import type { AccessTokenClaims, RevocationCode, RevocationEntry } from '@keyhaven/core/wire'
import { createEntryTable } from './entry-table.ts'

export type { RevocationCode, RevocationEntry } from '@keyhaven/core/wire'

/** A copy of the revocations in memory. */
export interface Revocations {
  /** Adds an entry; order and repetition don't matter. False if there is no room for it. */
  add(entry: RevocationEntry): boolean
  /** Calls `listener` for every added entry, known ones too. Returns a function that stops it. */
  listen(listener: (entry: RevocationEntry) => void): () => void
  /**
   * Drops entries whose `until` has passed, a part of the table at every call, so call it each second.
   * Entries of keys are kept. `now` is in milliseconds since 1970.
   */
  drop(now: number): void
  /** Marks the beginning of a read of the whole log; held entries stay. */
  begin(): void
  /**
   * Marks the end of that read. If every entry since `begin` found room, the copy is complete again.
   * False if it is still `incomplete`.
   */
  complete(): boolean
  /** The gravest code of the entries that match a token's claims, or `undefined` if none does. */
  find(
    claims: Pick<AccessTokenClaims, 'jti' | 'sid' | 'era' | 'client_id'>,
  ): RevocationCode | undefined
  /** The code of a withdrawn key. Check it before you look up the key itself. */
  findKey(kid: string): RevocationCode | undefined
  /** Counts added entries: a token that no entry matched at one count is clear until the count changes. */
  readonly changes: number
  /** The highest `seq` that was added. */
  readonly seq: number
  readonly size: number
  /**
   * Whether an entry that still matters was left out because there was no room: a token that seems clear may
   * be revoked then. Ends when the left-out entries are over, or with `begin`, the whole log and `complete`.
   */
  readonly incomplete: boolean
  /** Whether there is room for a whole log with as many entries as are held now. */
  readonly hasRoom: boolean
  /**
   * Seconds since 1970. Entries of tokens that ended before it were dropped, so no such token may become valid
   * again, even if a clock is set back. It never goes back.
   */
  readonly horizon: number
  /** Memory of the entries in bytes, without those of keys and clients. */
  readonly bytes: number
}

/** Entries that a copy holds at most: about 200 MB. */
export const MOST_ENTRIES = 10_000_000

/** Seconds by which an entry outlives the last token that it matches. */
const OUTLIVES = 60

/** Creates an empty copy that holds at most `most` entries of tokens, sessions and eras. */
export function createRevocations(most: number = MOST_ENTRIES): Revocations {
  const entries = createEntryTable(most)
  const listeners = new Set<(entry: RevocationEntry) => void>()
  let seq = 0
  let changes = 0
  /** The latest end of the dropped entries, in milliseconds. */
  let dropped = 0
  /** The latest end of the left-out entries, in milliseconds. */
  let missedUntil = 0
  let missedNow = false

  return {
    add: (entry) => {
      if (!entries.put(entry)) {
        missedUntil = entry.kind === 'kid' ? Infinity : Math.max(missedUntil, entry.until)
        missedNow = true
        return false
      }
      seq = Math.max(seq, entry.seq)
      changes += 1
      for (const listener of listeners) listener(entry)
      return true
    },
    listen: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    drop: (now) => {
      entries.sweep((end) => {
        if (end >= now) return false
        dropped = Math.max(dropped, end)
        return true
      })
      if (missedUntil === 0 || missedUntil >= now) return
      dropped = Math.max(dropped, missedUntil)
      missedUntil = 0
    },
    begin: () => {
      missedNow = false
    },
    complete: () => {
      if (!missedNow) missedUntil = 0
      return missedUntil === 0
    },
    find: entries.find,
    findKey: entries.findKey,
    get changes() {
      return changes
    },
    get seq() {
      return seq
    },
    get size() {
      return entries.size
    },
    get incomplete() {
      return missedUntil > 0
    },
    get hasRoom() {
      return entries.hasRoom
    },
    get horizon() {
      return dropped / 1000 - OUTLIVES
    },
    get bytes() {
      return entries.bytes
    },
  }
}
