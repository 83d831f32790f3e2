import type { PageClaims } from '@keyhaven/core/wire'
import { KeyhavenError } from '@keyhaven/core/errors'
import { ownClaims } from '../flows/application-claims.ts'

/** Longest companion cookie, in bytes. */
const LONGEST = 1024

/** Content of the readable companion cookie: the claims marked for the page, without any authority. */
export function companionValue(claims: PageClaims): string {
  const shown = Object.entries(claims).filter(([name]) => !ownClaims.has(name))
  const value = Buffer.from(JSON.stringify(Object.fromEntries(shown))).toString('base64url')
  if (value.length <= LONGEST) return value
  const names = shown.map(([name]) => name).join(', ')
  throw new KeyhavenError('token_too_large', { reason: `the companion cookie: ${names}` })
}
