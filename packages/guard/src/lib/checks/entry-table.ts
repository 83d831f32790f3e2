import type { AccessTokenClaims, RevocationCode, RevocationEntry } from '@keyhaven/core/wire'
import { createIdTable } from '../feed/id-table.ts'

/** The code and the end of each revocation entry, by the claim that the entry matches. */
export interface EntryTable {
  /** False if there is no room for one more id. Of two entries for one id the graver code is kept. */
  put(entry: RevocationEntry): boolean
  /** The gravest code of the entries that match these claims. */
  find: (
    claims: Pick<AccessTokenClaims, 'jti' | 'sid' | 'era' | 'client_id'>,
  ) => RevocationCode | undefined
  findKey: (kid: string) => RevocationCode | undefined
  /** Calls `isOver` with the ends, in milliseconds, of a part of the entries, and drops those it accepts. */
  sweep(isOver: (end: number) => boolean): void
  readonly size: number
  /** Whether one percent of the places for ids, and a place for a key and a client, is free. */
  readonly hasRoom: boolean
  /** Memory of the entries in bytes, without those of keys and clients. */
  readonly bytes: number
}

/** Entries of keys, and of clients, at most. Few are expected, so they are kept by name. */
const MOST_NAMES = 100_000

/** From light to grave. The graver code is kept, so that a client does not try to renew in vain. */
const codes: readonly RevocationCode[] = ['token_expired', 'session_ended', 'account_locked']

/** Milliseconds in a unit of `until`, which is stored in 30 bits: enough until 2106. */
const UNIT = 4000

const JTI = 1
const SID = 2
const ERA = 3
const salts = { jti: JTI, sid: SID, era: ERA } as const

/** Creates an empty table with room for `most` tokens, sessions and eras. */
export function createEntryTable(most: number): EntryTable {
  const ids = createIdTable(most)
  const clients = new Map<string, number>()
  const keys = new Map<string, number>()
  return {
    put: ({ kind, id, code, until }) => {
      const word = wordOf(code, until)
      if (kind === 'jti' || kind === 'sid' || kind === 'era') {
        const salt = salts[kind]
        return ids.set(salt, id, graver(ids.get(salt, id), word))
      }
      const names = kind === 'kid' ? keys : clients
      if (!names.has(id) && names.size >= MOST_NAMES) return false
      names.set(id, graver(names.get(id) ?? 0, word))
      return true
    },
    find: ({ jti, sid, era, client_id }) => {
      let word = graver(ids.get(JTI, jti), clients.get(client_id) ?? 0)
      if (sid !== undefined) word = graver(word, ids.get(SID, sid))
      if (era !== undefined) word = graver(word, ids.get(ERA, era))
      return codeOf(word)
    },
    findKey: (kid) => codeOf(keys.get(kid) ?? 0),
    sweep: (isOver) => {
      const isWordOver = (word: number): boolean => isOver((word >>> 2) * UNIT)
      ids.sweep(isWordOver)
      for (const [id, word] of clients) if (isWordOver(word)) clients.delete(id)
    },
    get size() {
      return ids.size + clients.size + keys.size
    },
    get hasRoom() {
      return ids.size < most * 0.99 && clients.size < MOST_NAMES && keys.size < MOST_NAMES
    },
    get bytes() {
      return ids.bytes
    },
  }
}

/** `until`, rounded up, and the code in one 32-bit word that is never 0. */
function wordOf(code: RevocationCode, until: number): number {
  const units = Math.min(Math.max(Math.ceil(until / UNIT), 0), 2 ** 30 - 1)
  return ((units << 2) | (codes.indexOf(code) + 1)) >>> 0
}

function codeOf(word: number): RevocationCode | undefined {
  return word === 0 ? undefined : codes[(word & 3) - 1]
}

/** The graver code of two words, and the later end. */
function graver(known: number, word: number): number {
  const units = Math.max(known >>> 2, word >>> 2)
  return ((units << 2) | Math.max(known & 3, word & 3)) >>> 0
}
