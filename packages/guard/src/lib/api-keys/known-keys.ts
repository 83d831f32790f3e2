import { API_KEY_PREFIX } from '@keyhaven/core/wire'
import type { Network } from '../addresses/address.ts'
import { createKeyedHash } from '../checks/keyed-hash.ts'
import { frozen } from '../checks/token-cache.ts'
import type { GoodToken } from '../checks/token-result.ts'

/** An API key that the service has confirmed, with the claims of its token. The key itself is not kept. */
export interface KnownKey extends GoodToken {
  /** Two halves of a keyed hash of the whole key. */
  readonly low: number
  readonly high: number
  readonly exp: number
  /** Of its claims. */
  readonly characters: number
  /** The networks from which it works; all, if `undefined`. One that can't be parsed contains no address. */
  readonly networks: readonly (Network | undefined)[] | undefined
  /** The revocations' `changes` when no entry matched the key's claims. */
  clearAt: number
}

/** Remembers the keys that the service has confirmed. A full table forgets those that were not used lately. */
export interface KnownKeys {
  /** Finds a key by its text. A wrong secret finds nothing, and does not displace the right one. */
  find(text: string): KnownKey | undefined
  keep(text: string, facts: Pick<KnownKey, 'claims' | 'networks'>): void
  /** Forgets a key; a wrong secret forgets nothing. */
  drop(text: string): void
  readonly size: number
}

/** Most keys of one generation, and most characters of their claims: a full generation becomes the old one. */
const KEYS = 50_000
const CHARACTERS = 50_000_000

/** Where the random letters of an id begin, with which every key begins. */
const ID = API_KEY_PREFIX.length

/**
 * The number that a key is looked up by: 30 bits of its id. Of two keys with one number the table holds the later.
 */
function numberOf(text: string): number {
  let number = 0
  for (let at = ID; at < ID + 5; at++) number = (number << 6) | (text.charCodeAt(at) & 63)
  return number
}

/** Creates a table of two generations, as the one of tokens: most look-ups write nothing, and memory is bounded. */
export function createKnownKeys(): KnownKeys {
  const hash = createKeyedHash(crypto.getRandomValues(new Uint32Array(2)), true)
  let young = new Map<number, KnownKey>()
  let old = new Map<number, KnownKey>()
  let characters = 0
  const put = (number: number, known: KnownKey): void => {
    if (young.size >= KEYS || characters >= CHARACTERS) {
      old = young
      young = new Map()
      characters = 0
    }
    characters += known.characters
    old.delete(number)
    young.set(number, known)
  }
  const find = (text: string): KnownKey | undefined => {
    const number = numberOf(text)
    const newer = young.get(number)
    const known = newer ?? old.get(number)
    if (known === undefined) return undefined
    const { low, high } = hash(0, text)
    // Without a branch between the halves: the time shows nothing about either
    if (((low ^ known.low) | (high ^ known.high)) !== 0) return undefined
    if (newer === undefined) put(number, known)
    return known
  }
  return {
    find,
    keep: (text, { claims, networks }) => {
      const { low, high } = hash(0, text)
      const known: KnownKey = {
        ok: true,
        low,
        high,
        exp: claims.exp,
        characters: JSON.stringify(claims).length,
        networks,
        clearAt: -1,
        auth: undefined,
        claims: frozen(claims),
        // No signing key stands behind it
        kid: '',
      }
      put(numberOf(text), known)
    },
    drop: (text) => {
      if (find(text) === undefined) return
      const number = numberOf(text)
      young.delete(number)
      old.delete(number)
    },
    get size() {
      return young.size + old.size
    },
  }
}
