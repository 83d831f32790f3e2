import type { KeySet } from '@keyhaven/core'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import type { GoodToken } from './token-result.ts'

/** A token whose signature and claims were good, and the results of later checks. */
export interface KnownToken extends GoodToken {
  readonly token: string
  /** The times of its claims, which each request reads: one place in memory less. */
  readonly exp: number
  readonly iat: number
  readonly nbf: unknown
  /** The key set that its signature was checked with. */
  readonly keys: KeySet
  /** The revocations' `changes` when no entry matched the token. */
  clearAt: number
}

/** Remembers good tokens, so that a signature is checked once. Other tokens must not be kept. */
export interface TokenCache {
  find(token: string): KnownToken | undefined
  keep(token: string, facts: Pick<KnownToken, 'claims' | 'kid' | 'keys' | 'clearAt'>): KnownToken
}

/** Most tokens of one generation, and most characters of them: a full generation becomes the old one. */
const TOKENS = 100_000
const CHARACTERS = 100_000_000

/** The six bits behind each character of base64url; 0 for any other. */
const bits = new Uint8Array(128)
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
for (let value = 0; value < alphabet.length; value++) bits[alphabet.charCodeAt(value)] = value

/**
 * The number that a token is looked up by: 30 bits of its signature's end, without the last
 * character, which holds fewer. Hashing the text would cost more than all the rest of a check.
 */
function tailOf(token: string): number {
  let tail = 0
  for (let at = token.length - 6; at < token.length - 1; at++) {
    tail = (tail << 6) | (bits[token.charCodeAt(at) & 127] as number)
  }
  return tail
}

/**
 * Creates a cache of two generations: when the young one is full it replaces the old one. A token that is
 * found in the old one moves to the young one. So most hits write nothing, and memory is bounded.
 */
export function createTokenCache(): TokenCache {
  let young = new Map<number, KnownToken>()
  let old = new Map<number, KnownToken>()
  let characters = 0
  const put = (known: KnownToken): void => {
    if (young.size >= TOKENS || characters >= CHARACTERS) {
      old = young
      young = new Map()
      characters = 0
    }
    characters += known.token.length
    young.set(tailOf(known.token), known)
  }
  return {
    find: (token) => {
      const tail = tailOf(token)
      const known = young.get(tail)
      // Tokens are compared whole: one with the same tail and other claims is a different token
      if (known?.token === token) return known
      const older = old.get(tail)
      if (older?.token !== token) return undefined
      put(older)
      return older
    },
    keep: (token, { claims, kid, keys, clearAt }) => {
      // All members in one piece of memory, what each request reads first
      const known: KnownToken = {
        ok: true,
        // A copy: a slice of the Cookie header would keep the whole header, with the session cookie, in memory
        token: Buffer.from(token, 'latin1').toString('latin1'),
        keys,
        exp: claims.exp,
        iat: claims.iat,
        nbf: claims.nbf,
        clearAt,
        isCookies: undefined,
        matchedXsrf: undefined,
        auth: undefined,
        agreed: undefined,
        claims: frozen(claims),
        kid,
      }
      put(known)
      return known
    },
  }
}

/** All requests with the credential share its claims, so no handler may change them. */
export function frozen(claims: AccessTokenClaims): AccessTokenClaims {
  freezeAll(claims)
  return claims
}

function freezeAll(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  Object.values(value).forEach(freezeAll)
  Object.freeze(value)
}
