import type { PageClaims } from '@keyhaven/core/wire'
import { ownClaims } from './page-claims.ts'

/** Longest readable claims cookie, in bytes. */
const LONGEST = 1024

/**
 * Content of the readable claims cookie: the claims marked for the page, without any authority.
 * `undefined` if it would be too large: the browser keeps the former one.
 */
export function claimsCookieValue(claims: PageClaims): string | undefined {
  const shown = Object.entries(claims).filter(([name]) => !ownClaims.has(name))
  const value = Buffer.from(JSON.stringify(Object.fromEntries(shown))).toString('base64url')
  return value.length <= LONGEST ? value : undefined
}
