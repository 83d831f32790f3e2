import type { PageClaims } from '@keyhaven/core/wire'
import { KeyhavenError } from '@keyhaven/core/errors'

/** Longest companion cookie, in bytes. */
const LONGEST = 1024

/** Claims that the token itself has: the companion carries the application's alone. */
const standing = [
  'iss',
  'sub',
  'aud',
  'exp',
  'iat',
  'sid',
  'client_id',
  'scope',
  'auth_time',
  'amr',
  'session_exp',
]

/** Content of the readable companion cookie: the claims marked for the page, without any authority. */
export function companionValue(claims: PageClaims): string {
  const shown = Object.entries(claims).filter(([name]) => !standing.includes(name))
  const value = Buffer.from(JSON.stringify(Object.fromEntries(shown))).toString('base64url')
  if (value.length <= LONGEST) return value
  const names = shown.map(([name]) => name).join(', ')
  throw new KeyhavenError('token_too_large', { reason: `the companion cookie: ${names}` })
}
