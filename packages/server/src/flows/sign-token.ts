import { issueAccessToken } from '@keyhaven/core'
import { KeyhavenError } from '@keyhaven/core/errors'
import type { AccessTokenClaims, PageClaims } from '@keyhaven/core/wire'
import { ownClaims, pageClaims } from './application-claims.ts'
import type { Rooms } from './rooms.ts'

/** Longest readable claims cookie, in bytes. */
const LONGEST = 1024

/**
 * Signs a token inside the transaction that records it: what can't be issued, because the token or the
 * readable cookie beside it would be too large, is refused before anything is committed.
 * @throws KeyhavenError `token_too_large`
 */
export function signToken(
  rooms: Pick<Rooms, 'rules' | 'keys' | 'application'>,
  claims: AccessTokenClaims,
  now: number,
): string {
  if (rooms.rules.cookies.claims && companionValue(pageClaims(rooms, claims)) === undefined) {
    const names = Object.keys(rooms.application.claims).join(', ')
    throw new KeyhavenError('token_too_large', {
      reason: `${names} are too large for the readable cookie`,
    })
  }
  return issueAccessToken(claims, rooms.keys.at(now).signing)
}

/**
 * Content of the readable claims cookie: the claims marked for the page, without any authority.
 * `undefined` if it would be too large: the browser keeps the former one.
 */
export function companionValue(claims: PageClaims): string | undefined {
  const shown = Object.entries(claims).filter(([name]) => !ownClaims.has(name))
  const value = Buffer.from(JSON.stringify(Object.fromEntries(shown))).toString('base64url')
  return value.length <= LONGEST ? value : undefined
}
