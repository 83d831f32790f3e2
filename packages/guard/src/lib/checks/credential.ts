import type { CookieNames } from '@keyhaven/core/wire'
import { readCookie } from './cookies.ts'
import { single } from './request.ts'
import type { GuardRequest } from './request.ts'

/** The credential of a request. */
export type Credential =
  | { readonly by: 'bearer'; readonly token: string }
  | {
      readonly by: 'cookie'
      readonly tokens: readonly string[]
      /** The values of the session cookie, read when needed. */
      readonly sessions: () => readonly string[]
    }
  | { readonly by: 'none' }

const none: Credential = { by: 'none' }

/** Reads the credential. With a bearer token the cookies are ignored. */
export function readCredential(request: GuardRequest, names: CookieNames): Credential {
  const token = bearerOf(request)
  if (token !== undefined) return { by: 'bearer', token }
  const header = request.header('cookie')
  if (header === undefined) return none
  const tokens = readCookie(header, names.access)
  const sessions = (): readonly string[] => readCookie(header, names.session)
  return tokens.length > 0 || sessions().length > 0 ? { by: 'cookie', tokens, sessions } : none
}

/**
 * The token of `Authorization: Bearer` (RFC 6750 §2.1); the scheme's name has no case. Other
 * schemes, such as a proxy's Basic, count as absent.
 */
export function bearerOf(request: GuardRequest): string | undefined {
  const value = single(request, 'authorization')
  if (typeof value !== 'string' || !/^bearer(?: |$)/i.test(value)) return undefined
  return value.slice(7).trim()
}
