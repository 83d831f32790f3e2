import { readApiKey } from '@keyhaven/core'
import type { ApiKeyParts } from '@keyhaven/core'
import { API_KEY_PREFIX } from '@keyhaven/core/wire'
import type { CookieNames } from '@keyhaven/core/wire'
import { readCookie } from './cookies.ts'
import { single } from './request.ts'
import type { GuardRequest } from './request.ts'

/** The credential of a request. */
export type Credential =
  | { readonly by: 'bearer'; readonly token: string }
  | {
      readonly by: 'api-key'
      /** As it was sent; of unbounded length and unchecked. */
      readonly text: string
      /** Read when needed; `undefined` for a key that is mistyped: its checksum is wrong. */
      readonly key: ApiKeyParts | undefined
    }
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
  const authorized = authorizationOf(request)
  if (authorized !== undefined) return authorized
  const header = request.header('cookie')
  if (header === undefined) return none
  const tokens = readCookie(header, names.access)
  const sessions = (): readonly string[] => readCookie(header, names.session)
  return tokens.length > 0 || sessions().length > 0 ? { by: 'cookie', tokens, sessions } : none
}

/** Whether a request has the header of a credential, of whatever scheme. */
export function hasAuthorization(request: GuardRequest): boolean {
  return request.header('authorization') !== undefined
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
 * The credential of `Authorization`: a bearer token (RFC 6750 §2.1) or an API key, which may also be the user
 * and password of `Basic` (RFC 7617). The scheme's name has no case. Other schemes, and `Basic` of another user,
 * such as a proxy's, count as absent.
 */
function authorizationOf(request: GuardRequest): Credential | undefined {
  const value = single(request, 'authorization')
  if (typeof value !== 'string') return undefined
  if (/^bearer(?: |$)/i.test(value)) {
    const token = value.slice(7).trim()
    return token.startsWith(API_KEY_PREFIX) ? new KeyCredential(token) : { by: 'bearer', token }
  }
  if (!/^basic /i.test(value) || value.length > LONGEST_BASIC) return undefined
  const pair = Buffer.from(value.slice(6).trim(), 'base64').toString()
  return pair.startsWith(API_KEY_PREFIX) ? new KeyCredential(pair.replace(':', '_')) : undefined
}

/** An API key whose checksum is computed only if the guard does not know the key. */
class KeyCredential {
  readonly by = 'api-key'
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  get key(): ApiKeyParts | undefined {
    return readApiKey(this.text)
  }
}

/** Characters of a header with `Basic` that may be ours; an API key needs 100. */
const LONGEST_BASIC = 200
