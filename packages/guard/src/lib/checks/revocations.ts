import type { AccessTokenClaims, RevocationCode, RevocationEntry } from '@keyhaven/core/wire'
import { createIdTable } from '../feed/id-table.ts'

export type { RevocationCode, RevocationEntry } from '@keyhaven/core/wire'

/** A copy of the revocations in memory. */
export interface Revocations {
  /** Takes entries in any order and any number of times; false where it has no place for one more. */
  add(entry: RevocationEntry): boolean
  /** Hears of every entry that is added, those that were known too. The answer stops it. */
  listen(listener: (entry: RevocationEntry) => void): () => void
  /**
   * Drops entries whose `until` has passed: a part of them at every call, so call it each second.
   * Those of keys stay. `now` is in milliseconds.
   */
  drop(now: number): void
  /** A reading of the whole log begins; what is held stays. */
  begin(): void
  /**
   * That reading is at its end. If every entry since found room, nothing is missing any more: the copy is
   * no longer `incomplete`. False if it still is.
   */
  complete(): boolean
  /** The gravest code of the entries that hit a token's claims, or `undefined` if none does. */
  find(
    claims: Pick<AccessTokenClaims, 'jti' | 'sid' | 'era' | 'client_id'>,
  ): RevocationCode | undefined
  /** The code for a key, looked up before the key itself. */
  findKey(kid: string): RevocationCode | undefined
  /** Goes up with every entry that is added: what was clear at a count stays clear until the next. */
  readonly changes: number
  /** The highest number that was added. */
  readonly seq: number
  readonly size: number
  /**
   * Whether an entry that still counts was left out for want of room: then what is clear here may be
   * revoked. It heals when what was left out is over, or by `begin`, the whole log, and `complete`.
   */
  readonly incomplete: boolean
  /** Whether a whole log that is no longer than the entries held would find room. */
  readonly hasRoom: boolean
  /**
   * Seconds since 1970: entries of tokens that ended until then were dropped, so none of these tokens may be
   * good again, even if a clock is set back. It never goes back.
   */
  readonly horizon: number
  /** What the entries take in memory, those of keys and clients left out. */
  readonly bytes: number
}

/** Entries that a copy holds at most: about 200 MB. */
export const MOST_ENTRIES = 10_000_000

/** Entries of keys and of clients, held by name: there are few. */
const MOST_NAMES = 100_000

/** Graver codes later: of several for one id the graver stays, as a renewal must not be promised in vain. */
const codes: readonly RevocationCode[] = ['token_expired', 'session_ended', 'account_locked']

/** Seconds by which an entry outlives the last token that it hits (contract §6). */
const OUTLIVES = 60

/** Milliseconds in a unit of `until` as it is held: 30 bits of them last until 2106. */
const UNIT = 4000

export function createRevocations(most: number = MOST_ENTRIES): Revocations {
  const ids = createIdTable(most)
  const clients = new Map<string, number>()
  const keys = new Map<string, number>()
  const listeners = new Set<(entry: RevocationEntry) => void>()
  let seq = 0
  let changes = 0
  /** The latest end of the entries that were dropped. */
  let dropped = 0
  /** The latest end of the entries that were left out; of keys, for ever. */
  let missedUntil = 0
  let missedNow = false

  const put = ({ kind, id, code, until }: RevocationEntry): boolean => {
    const word = wordOf(code, until)
    if (kind === 'jti' || kind === 'sid' || kind === 'era') {
      const salt = salts[kind]
      return ids.set(salt, id, graver(ids.get(salt, id), word))
    }
    const names = kind === 'kid' ? keys : clients
    if (!names.has(id) && names.size >= MOST_NAMES) return false
    names.set(id, graver(names.get(id) ?? 0, word))
    return true
  }
  return {
    add: (entry) => {
      if (!put(entry)) {
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
      const isOver = (word: number): boolean => {
        const end = (word >>> 2) * UNIT
        if (end >= now) return false
        dropped = Math.max(dropped, end)
        return true
      }
      ids.sweep(isOver)
      for (const [id, word] of clients) if (isOver(word)) clients.delete(id)
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
    find: ({ jti, sid, era, client_id }) => {
      let word = graver(ids.get(JTI, jti), clients.get(client_id) ?? 0)
      if (sid !== undefined) word = graver(word, ids.get(SID, sid))
      if (era !== undefined) word = graver(word, ids.get(ERA, era))
      return codeOf(word)
    },
    findKey: (kid) => codeOf(keys.get(kid) ?? 0),
    get changes() {
      return changes
    },
    get seq() {
      return seq
    },
    get size() {
      return ids.size + clients.size + keys.size
    },
    get incomplete() {
      return missedUntil > 0
    },
    get hasRoom() {
      return ids.size < most * 0.99 && clients.size < MOST_NAMES && keys.size < MOST_NAMES
    },
    get horizon() {
      return dropped / 1000 - OUTLIVES
    },
    get bytes() {
      return ids.bytes
    },
  }
}

const JTI = 1
const SID = 2
const ERA = 3
const salts = { jti: JTI, sid: SID, era: ERA } as const

/** `until`, rounded up, and the code in one number that is never 0. */
function wordOf(code: RevocationCode, until: number): number {
  const units = Math.min(Math.max(Math.ceil(until / UNIT), 0), 2 ** 30 - 1)
  return ((units << 2) | (codes.indexOf(code) + 1)) >>> 0
}

function codeOf(word: number): RevocationCode | undefined {
  return word === 0 ? undefined : codes[(word & 3) - 1]
}

/** The graver code of two, and the later end. */
function graver(known: number, word: number): number {
  const units = Math.max(known >>> 2, word >>> 2)
  return ((units << 2) | Math.max(known & 3, word & 3)) >>> 0
}
