import type { ErrorCode } from '@keyhaven/core/errors'
import { checkAccessToken, checkTimes } from '@keyhaven/core'
import type { KeySet } from '@keyhaven/core'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import type { Credential } from './credential.ts'
import type { GuardSources, KnownSources } from './decision.ts'
import { createTokenCache } from './token-cache.ts'
import type { KnownToken, TokenCache } from './token-cache.ts'
import type { TokenCounts, TokenResult } from './token-result.ts'

/** The values that a token is compared with. */
export type TokenSources = Pick<
  GuardSources,
  'issuer' | 'audience' | 'revocations' | 'now' | 'mayRefetch' | 'counts'
>

/** Checks signature, claims and revocations of one token. */
export type TokenCheck = (token: string, known: Pick<KnownSources, 'keys'>) => TokenResult

/** Creates a check that remembers good tokens. Times and revocations are checked at every call. */
export function createTokenCheck(sources: TokenSources): TokenCheck {
  const cache = createTokenCache()
  const { revocations, counts = noTokenCounts() } = sources
  const remembered = (seen: KnownToken): TokenResult => {
    const late = checkTimes(seen, sources.now())
    if (late !== undefined) return late
    if (seen.exp <= revocations.horizon) return beyondHorizon
    if (seen.clearAt === revocations.changes) return seen
    const code = revocations.findKey(seen.kid) ?? revocations.find(seen.claims)
    if (code !== undefined) return { ok: false, code, reason: 'revoked' }
    seen.clearAt = revocations.changes
    return seen
  }
  return (token, { keys }) => {
    const seen = cache.find(token)
    const isKnown = seen !== undefined && seen.keys === keys
    const result = isKnown ? remembered(seen) : firstSight(token, sources, { keys, cache })
    if (!result.ok) counts.refused += 1
    else if (isKnown) counts.remembered += 1
    else counts.firstSight += 1
    return result
  }
}

/** The token expired before the clock was set back. The entry that revoked it may have been dropped. */
const beyondHorizon: TokenResult = {
  ok: false,
  code: 'token_expired',
  reason: 'exp, before a clock was set back',
}

/** Counts of a guard that has checked no token yet. */
export function noTokenCounts(): TokenCounts {
  return { remembered: 0, firstSight: 0, refused: 0 }
}

function firstSight(
  token: string,
  { issuer, audience, revocations, now, mayRefetch }: TokenSources,
  { keys, cache }: { readonly keys: KeySet; readonly cache: TokenCache },
): TokenResult {
  const kid = kidOf(token, keys)
  // The code of a withdrawn key, which may not be in the set any more
  const withdrawn = kid === undefined ? undefined : revocations.findKey(kid)
  if (withdrawn !== undefined) return { ok: false, code: withdrawn, reason: 'key revoked' }
  const checked = checkAccessToken(token, { keys, issuer, audience, now: now() })
  if (!checked.ok) {
    const needsKeys = kid !== undefined && keys.find(kid) === undefined && mayRefetch(kid)
    return needsKeys ? { ...checked, needsKeys } : checked
  }
  if (checked.claims.exp <= revocations.horizon) return beyondHorizon
  const code = revocations.find(checked.claims)
  if (code !== undefined) return { ok: false, code, reason: 'revoked' }
  const { claims } = checked
  return cache.keep(token, { claims, kid: checked.kid, keys, clearAt: revocations.changes })
}

/**
 * The good token among the values of the access cookie: the latest if all are of one session, none if they
 * are of two sessions. Without a good one, a session cookie makes the refusal one that a renewal can resolve.
 */
export function bestToken<K>(
  { tokens, sessions }: Extract<Credential, { by: 'cookie' }>,
  check: (token: string, known: K) => TokenResult,
  known: K,
): TokenResult {
  const [only = ''] = tokens
  // The usual case, without lists
  const first = tokens.length === 1 ? asCookie(check(only, known)) : undefined
  if (first?.ok) return first
  const checked = first ? [first] : tokens.map((token) => asCookie(check(token, known)))
  const good = checked.filter((one) => one.ok)
  const [latest] = good.toSorted((a, b) => b.claims.iat - a.claims.iat)
  if (latest !== undefined) {
    if (good.every((one) => one.claims.sid === latest.claims.sid)) return latest
    return { ok: false, code: 'token_invalid', reason: 'access cookies of two sessions' }
  }
  const bad = checked.filter((one) => !one.ok)
  const decisive = bad.find((one) => one.needsKeys) ?? bad.find((one) => isFinal(one.code))
  if (decisive !== undefined) return decisive
  if (sessions().length > 0)
    return { ok: false, code: 'token_expired', reason: 'a session cookie, and no access token' }
  return (
    bad.find((one) => one.code === 'token_expired') ??
    bad[0] ?? { ok: false, code: 'not_signed_in', reason: 'no token' }
  )
}

/** Whether a renewal can't resolve the refusal. */
function isFinal(code: ErrorCode): boolean {
  return code === 'session_ended' || code === 'account_locked'
}

/** Refuses a token that was not issued for a cookie: one without `xsrf`, or without the issuer in `aud`. */
export function asCookie(result: TokenResult): TokenResult {
  if (!result.ok) return result
  result.isCookies ??= result.claims.xsrf !== undefined && includesIssuer(result.claims)
  return result.isCookies ? result : notForCookies
}

function includesIssuer({ aud, iss }: AccessTokenClaims): boolean {
  return aud.includes(iss)
}

const notForCookies: TokenResult = {
  ok: false,
  code: 'token_invalid',
  reason: 'not a cookie’s token',
}

/** The `kid` of an unchecked header, only for a look-up: the signature decides. */
function kidOf(token: string, keys: KeySet): string | undefined {
  const end = token.indexOf('.')
  if (end < 1 || end > 1024) return undefined
  const segment = token.slice(0, end)
  const known = keys.findByHeader(segment)
  if (known !== undefined) return known.kid
  try {
    const header: unknown = JSON.parse(Buffer.from(segment, 'base64url').toString())
    const kid = (header as { kid?: unknown } | null)?.kid
    return typeof kid === 'string' ? kid : undefined
  } catch {
    return undefined
  }
}
