import { issueAccessToken } from '@keyhaven/core'
import { KeyhavenError } from '@keyhaven/core/errors'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import type { Moment } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import { claimsCookieValue } from '../../model/claims-cookie.ts'
import { pageClaims } from '../../model/page-claims.ts'
import type { Credential } from '../../stores/credentials/credentials.ts'
import { findTokenClaims, recordToken } from '../../stores/tokens.ts'
import type { Context, ContextPart } from '../context.ts'

/** A recorded token. */
export interface IssuedToken {
  readonly claims: AccessTokenClaims
  readonly accessToken: string
}

/** The token to issue, and the locked credential on which it stands. */
export interface Issue {
  readonly credential: Locked<Pick<Credential, 'id' | 'account_id'>>
  readonly claims: AccessTokenClaims
  /** The claims to issue instead if a token with these would be too large; `reason` lists sizes. */
  readonly smaller?: ((reason: string | undefined) => Promise<AccessTokenClaims>) | undefined
}

/** What issuing needs. */
export type Issuing = Pick<Context, 'settings' | 'keys'> & ContextPart<'tools', 'application'>

/**
 * Issues a token, and is the only code that does: checks its sizes, signs it and records it, all in
 * the flow's transaction. A token that can't be issued is refused before anything is committed, and
 * no token exists that a revocation can't find.
 * @throws KeyhavenError `token_too_large` if the token or the readable cookie with its claims is
 * too large.
 */
export async function issueToken(
  context: Issuing,
  { db, now }: Moment,
  { credential, claims, smaller }: Issue,
): Promise<IssuedToken> {
  const token = await sizedToken(context, now, { claims, smaller })
  await recordToken(db, credential, token.claims)
  return token
}

/**
 * Signs a recorded token once more, for a request that shares it.
 * @returns `undefined` if the token is not recorded, or if `mayShare` refuses its claims.
 */
export async function issueAgain(
  context: Issuing,
  { db, now }: Moment,
  { jti, mayShare }: { jti: string; mayShare: (claims: AccessTokenClaims) => boolean },
): Promise<IssuedToken | undefined> {
  const claims = await findTokenClaims(db, jti)
  if (claims === undefined || !mayShare(claims)) return undefined
  return signed(context, claims, now)
}

async function sizedToken(
  context: Issuing,
  now: number,
  { claims, smaller }: Pick<Issue, 'claims' | 'smaller'>,
): Promise<IssuedToken> {
  try {
    requireSmallCookie(context, claims)
    return signed(context, claims, now)
  } catch (error) {
    const isTooLarge = error instanceof KeyhavenError && error.code === 'token_too_large'
    if (!isTooLarge || smaller === undefined) throw error
    return signed(context, await smaller(error.details.reason), now)
  }
}

function requireSmallCookie(context: Issuing, claims: AccessTokenClaims): void {
  if (!context.settings.cookies.claims) return
  if (claimsCookieValue(pageClaims(context.tools, claims)) !== undefined) return
  const names = Object.keys(context.tools.application.claims).join(', ')
  throw new KeyhavenError('token_too_large', {
    reason: `${names} are too large for the readable cookie`,
  })
}

function signed({ keys }: Issuing, claims: AccessTokenClaims, now: number): IssuedToken {
  return { claims, accessToken: issueAccessToken(claims, keys.at(now).signing) }
}
