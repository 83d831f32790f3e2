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

/** The values of the cookies of a service, also beside a bearer token. */
export interface ServiceCookies {
  readonly tokens: readonly string[]
  readonly sessions: readonly string[]
}

/** Reads every cookie of the service, for what must reach all of them, as a sign-in. */
export function readCookies(request: GuardRequest, names: CookieNames): ServiceCookies {
  return {
    tokens: cookieValues(request, names.access),
    sessions: cookieValues(request, names.session),
  }
}

/** All values of a cookie of a request. */
export function cookieValues(request: GuardRequest, name: string): readonly string[] {
  return readCookie(request.header('cookie'), name)
}

/**
 * The token of `Authorization: Bearer` (RFC 6750 §2.1); the scheme's name has no case. Other
 * schemes, such as a proxy's Basic, count as absent.
 */
function bearerOf(request: GuardRequest): string | undefined {
  const value = single(request, 'authorization')
  if (typeof value !== 'string' || !/^bearer(?: |$)/i.test(value)) return undefined
  return value.slice(7).trim()
}
