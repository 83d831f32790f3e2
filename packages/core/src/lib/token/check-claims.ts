import type { AccessTokenClaims } from '../wire/claims.ts'
import type { CheckedToken, RefusedToken, TokenExpectations } from './checked-token.ts'

/**
 * Seconds by which the clocks of service and verifier may differ: a token is valid until `exp` plus this.
 * All code that decides whether a token has ended adds it, so that no accepted token escapes a revocation.
 */
export const LEEWAY = 5

/** Longest life of a token in seconds: 24 hours. */
const MAX_LIFE = 86_400

const invalid = (reason: string): RefusedToken => ({ ok: false, code: 'token_invalid', reason })
const expired: RefusedToken = { ok: false, code: 'token_expired', reason: 'exp' }

/**
 * Checks the claims of a token whose signature is good, or that the issuer itself has answered with, in the order
 * iss, aud, times, the rest.
 */
export function checkClaims(
  claims: Readonly<Record<string, unknown>>,
  kid: string,
  { issuer, audience, now, leeway = LEEWAY }: Omit<TokenExpectations, 'keys'>,
): CheckedToken {
  if (claims['iss'] !== issuer) return invalid('iss')
  if (!isForUs(claims['aud'], audience)) return invalid('aud')
  const { exp, iat } = claims
  if (!isTime(exp) || !isTime(iat)) return invalid('exp and iat are whole seconds')
  if (exp <= iat || exp - iat > MAX_LIFE) return invalid('exp - iat')
  const untimely = checkTimes({ exp, iat, nbf: claims['nbf'] }, now, leeway)
  if (untimely !== undefined) return untimely
  const wrong = wrongMember(claims)
  if (wrong !== undefined) return invalid(wrong)
  return { ok: true, claims: claims as AccessTokenClaims, kid }
}

/** The claims of a token that are times. */
interface Timed {
  readonly exp: number
  readonly iat: number
  readonly nbf?: unknown
}

/**
 * Checks only `exp`, `iat` and `nbf`: the result of all other checks of a token does not change with time.
 * @param now integer seconds since 1970
 * @returns the refusal, or `undefined` if the token is good now.
 */
export function checkTimes(
  { exp, iat, nbf }: Timed,
  now: number,
  leeway: number = LEEWAY,
): RefusedToken | undefined {
  const slack = Math.min(Math.max(leeway, 0), LEEWAY)
  // With NaN as the time every comparison below would be false
  if (!Number.isFinite(now)) return invalid('the verifier has no clock')
  if (now >= exp + slack) return expired
  if (iat > now + slack) return invalid('iat lies ahead')
  if (nbf !== undefined && !(isTime(nbf) && nbf <= now + slack)) return invalid('nbf')
  return undefined
}

function isForUs(aud: unknown, audience: string | readonly string[]): boolean {
  const offered = typeof aud === 'string' ? [aud] : aud
  if (!Array.isArray(offered) || !offered.every((one) => typeof one === 'string')) return false
  return typeof audience === 'string'
    ? offered.includes(audience)
    : audience.some((one) => offered.includes(one))
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0
}

/** Printable ASCII of bounded length: ids are compared, logged and looked up. */
function isId(value: unknown): boolean {
  return typeof value === 'string' && value.length <= 255 && /^[\x21-\x7e]+$/.test(value)
}

/** Scopes without wildcards: a wildcard in a token would grant undeclared scopes. */
function isScope(value: unknown): boolean {
  return typeof value === 'string' && /^[\x21\x23-\x29\x2b-\x5b\x5d-\x7e ]*$/.test(value)
}

function wrongMember(claims: Readonly<Record<string, unknown>>): string | undefined {
  for (const name of ['sub', 'jti', 'client_id']) if (!isId(claims[name])) return name
  const { sid, era, cnf, scope, auth_time, amr, session_exp, xsrf } = claims
  if (sid !== undefined && !isId(sid)) return 'sid'
  if (era !== undefined && !isId(era)) return 'era'
  // A token that is bound to a key is no bearer token, and this code can't check the proof (RFC 7800 §3.1)
  if (cnf !== undefined) return 'cnf'
  if (scope !== undefined && !isScope(scope)) return 'scope'
  // 0: the person has not proved who they are
  if (auth_time !== undefined && auth_time !== 0 && !isTime(auth_time)) return 'auth_time'
  if (session_exp !== undefined && !isTime(session_exp)) return 'session_exp'
  if (amr !== undefined && !(Array.isArray(amr) && amr.every(isId))) return 'amr'
  if (xsrf !== undefined && !isId(xsrf)) return 'xsrf'
  return undefined
}
