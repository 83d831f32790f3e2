import type { KeySet } from '@keyhaven/core'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import type { GoodToken } from './token-result.ts'

/** A token whose signature and claims were good, with what was learnt about it since. */
export interface KnownToken extends GoodToken {
  readonly token: string
  /** The set in which its key stood when the signature was checked. */
  readonly keys: KeySet
  /** The revocations' count of changes at which nothing hit it. */
  clearAt: number
}

/** Good tokens, so that a signature is checked once. Only what was good may be kept. */
export interface TokenCache {
  find(token: string): KnownToken | undefined
  keep(token: string, facts: Pick<KnownToken, 'claims' | 'kid' | 'keys' | 'clearAt'>): KnownToken
}

/** Tokens in one generation, and their characters: a generation that is full becomes the old one. */
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
 * Two generations: the young one fills, then it takes the place of the old one. A token that is
 * found in the old one moves on; the others go with it. So a hit writes nothing, and memory has a bound.
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
      // The tail is where to look, the whole text is the token: somebody else's signature under other claims is not
      if (known?.token === token) return known
      const older = old.get(tail)
      if (older?.token !== token) return undefined
      put(older)
      return older
    },
    keep: (token, { claims, ...facts }) => {
      const known: KnownToken = {
        ok: true,
        // A copy: a piece of the Cookie header would keep all of it in memory, the session cookie too
        token: Buffer.from(token, 'latin1').toString('latin1'),
        claims: frozen(claims),
        matchedXsrf: undefined,
        isCookies: undefined,
        agreed: undefined,
        auth: undefined,
        ...facts,
      }
      put(known)
      return known
    },
  }
}

/** Claims are shared by all requests with the token: a handler that changes them must not reach the next. */
function frozen(claims: AccessTokenClaims): AccessTokenClaims {
  freezeAll(claims)
  return claims
}

function freezeAll(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  Object.values(value).forEach(freezeAll)
  Object.freeze(value)
}
