import { KeyhavenError } from '../errors/keyhaven-error.ts'
import type { AccessTokenClaims } from '../wire/claims.ts'
import { checkAccessToken } from './check-access-token.ts'
import { createKeySet } from './key-set.ts'
import type { KeySet } from './key-set.ts'

/** The values that `verifyAccessToken` compares a token with. */
export interface VerifyOptions {
  /** A prepared set, or a published JWK Set. Prepare it once if you check many tokens. */
  readonly keys: KeySet | { readonly keys: readonly unknown[] }
  readonly issuer: string
  readonly audience: string | readonly string[]
  /** Seconds since 1970, or a `Date`; a number that can only be milliseconds is read as such. */
  readonly now: number | Date
}

/**
 * The claims of a good access token (RFC 9068 §4).
 * @throws KeyhavenError `token_invalid` or `token_expired`; `details.reason` names the check.
 */
export function verifyAccessToken(
  token: string,
  { keys, issuer, audience, now }: VerifyOptions,
): AccessTokenClaims {
  const checked = checkAccessToken(token, {
    keys: 'find' in keys ? keys : createKeySet(keys),
    issuer,
    audience,
    now: seconds(now),
  })
  if (!checked.ok) throw new KeyhavenError(checked.code, { reason: checked.reason })
  return checked.claims
}

function seconds(now: number | Date): number {
  const value = Number(now)
  // 1e11 seconds are the year 5138; 1e11 milliseconds were 1973
  return Math.floor(value >= 1e11 ? value / 1000 : value)
}
