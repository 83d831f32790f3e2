import type { AccessTokenClaims } from '@keyhaven/core/wire'
import type { Application } from './application.ts'

/**
 * Claims that a page may read: the standard ones, and those of the application that are marked for
 * it.
 */
export function pageClaims(
  { application }: { readonly application: Application },
  { xsrf: _hash, jti: _id, ...claims }: AccessTokenClaims,
): Omit<AccessTokenClaims, 'xsrf' | 'jti'> {
  const shown = Object.entries(claims).filter(
    ([name]) => ownClaims.has(name) || application.claims[name]?.visibility === 'page',
  )
  return Object.fromEntries(shown) as Omit<AccessTokenClaims, 'xsrf' | 'jti'>
}

/** Claims of every access token; all others are the application's. */
export const ownClaims: ReadonlySet<string> = new Set([
  'iss',
  'sub',
  'aud',
  'exp',
  'iat',
  'sid',
  'era',
  'client_id',
  'scope',
  'auth_time',
  'amr',
  'session_exp',
])
