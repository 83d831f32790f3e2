import type { PageClaims } from '@keyhaven/core/wire'
import { ownClaims } from './page-claims.ts'

/** Longest content of the readable claims cookie, in bytes. */
const LONGEST = 1024

/**
 * The content of the readable claims cookie: claims marked for the page, which grant nothing.
 * `undefined` if it is too large; the browser then keeps the former one.
 */
export function claimsCookieValue(claims: PageClaims): string | undefined {
  const shown = Object.entries(claims).filter(([name]) => !ownClaims.has(name))
  const value = Buffer.from(JSON.stringify(Object.fromEntries(shown))).toString('base64url')
  return value.length <= LONGEST ? value : undefined
}
