import type { ErrorCode } from '@keyhaven/core/errors'
import { checkAccessToken } from '@keyhaven/core'
import type { Credential } from './credential.ts'
import type { GuardSources, KnownSources } from './decision.ts'
import type { TokenResult } from './token-result.ts'

/** What a token is compared with. */
export type TokenSources = Pick<
  GuardSources,
  'issuer' | 'audience' | 'revocations' | 'now' | 'mayRefetch'
>

/** Checks signature, claims and revocations of one token. */
export function checkToken(
  token: string,
  sources: TokenSources,
  { keys }: Pick<KnownSources, 'keys'>,
): TokenResult {
  const kid = kidOf(token)
  // A revoked key's code stands before the key is looked up
  const withdrawn = kid === undefined ? undefined : sources.revocations.findKey(kid)
  if (withdrawn !== undefined) return { ok: false, code: withdrawn, reason: 'key revoked' }
  const { issuer, audience } = sources
  const checked = checkAccessToken(token, { keys, issuer, audience, now: sources.now() })
  if (!checked.ok) {
    const needsKeys = kid !== undefined && keys.find(kid) === undefined && sources.mayRefetch(kid)
    return needsKeys ? { ...checked, needsKeys } : checked
  }
  const code = sources.revocations.find(checked.claims)
  return code === undefined ? checked : { ok: false, code, reason: 'revoked' }
}

/**
 * The one good token among the values of our cookie: of two of one session the later, of two
 * sessions none. Without a good one, our session cookie says that a renewal heals it.
 */
export function bestToken(
  { tokens, hasSession }: Extract<Credential, { by: 'cookie' }>,
  sources: GuardSources,
  known: KnownSources,
): TokenResult {
  const checked = tokens.map((token) => asCookie(checkToken(token, sources, known)))
  const good = checked.filter((one) => one.ok)
  const [latest] = good.toSorted((a, b) => b.claims.iat - a.claims.iat)
  if (latest !== undefined) {
    if (good.every((one) => one.claims.sid === latest.claims.sid)) return latest
    return { ok: false, code: 'token_invalid', reason: 'access cookies of two sessions' }
  }
  const bad = checked.filter((one) => !one.ok)
  const telling = bad.find((one) => one.needsKeys) ?? bad.find((one) => isFinal(one.code))
  if (telling !== undefined) return telling
  if (hasSession)
    return { ok: false, code: 'token_expired', reason: 'the session cookie alone came' }
  return (
    bad.find((one) => one.code === 'token_expired') ??
    bad[0] ?? { ok: false, code: 'not_signed_in', reason: 'no token' }
  )
}

/** A session that ended is not healed by a renewal. */
function isFinal(code: ErrorCode): boolean {
  return code === 'session_ended' || code === 'account_locked'
}

/** A cookie's token holds `xsrf` and is for the issuer too; any other was not made for a cookie. */
function asCookie(result: TokenResult): TokenResult {
  if (!result.ok) return result
  const { xsrf, aud, iss } = result.claims
  return xsrf !== undefined && aud.includes(iss)
    ? result
    : { ok: false, code: 'token_invalid', reason: 'not a cookie’s token' }
}

/** The `kid` of a header, for a look-up only; it decides nothing before the signature is checked. */
function kidOf(token: string): string | undefined {
  const end = token.indexOf('.')
  if (end < 1 || end > 1024) return undefined
  try {
    const header: unknown = JSON.parse(Buffer.from(token.slice(0, end), 'base64url').toString())
    const kid = (header as { kid?: unknown } | null)?.kid
    return typeof kid === 'string' ? kid : undefined
  } catch {
    return undefined
  }
}
