import type { AccessTokenClaims } from './claims.ts'
import type { AccountView } from './account.ts'

/** The token's payload as a page may see it: without `xsrf`, `jti` and claims for servers. */
export type PageClaims = Omit<AccessTokenClaims, 'xsrf' | 'jti'>

/** A session. Points in time are RFC 3339 texts. Spans are whole seconds left, so a wrong clock does no harm. */
export interface SessionFacts {
  readonly id: string
  readonly createdAt: string
  /** When the user last proved their identity; null if no proof is known. */
  readonly authTime: string | null
  readonly amr: readonly string[]
  /** Seconds until the access token ends. */
  readonly expiresIn: number
  /** Seconds until a request will renew it. */
  readonly renewIn: number
  readonly idleExpiresIn: number
  /** Seconds until the absolute limit; absent if the session has none. */
  readonly absoluteExpiresIn?: number
}

/** Answer of sign-in, `/user/current` and renewal: enough to draw the app, and no credential. */
export interface SessionView {
  readonly account: AccountView
  readonly claims: PageClaims
  readonly scope: readonly string[]
  readonly roles: readonly string[]
  readonly xsrfToken: string
  readonly session: SessionFacts
}

/** The session view of a native session: it has no cookies, and so no XSRF token. */
export type PlainSessionView = Omit<SessionView, 'xsrfToken'>

/** Answer of a sign-in with `transport: "bearer"`: the tokens are in the body, and no cookie is set. */
export interface BearerSessionView extends PlainSessionView {
  readonly accessToken: string
  /** Renews the access token at the token endpoint (RFC 6749 §6). Each is used once; the next one comes with the answer. */
  readonly refreshToken: string
}

/** One of a person's sessions, as the list of devices shows it. */
export interface SessionEntry {
  readonly id: string
  /** `web` for a browser's session, `native` for one whose tokens an app or a page of another site holds. */
  readonly client: string
  /** The name that was given at sign-in. */
  readonly device: string | null
  /** Kind of browser and system at the sign-in, such as “Firefox on Linux”. */
  readonly browser: string | null
  /** The network address at the sign-in. */
  readonly address: string | null
  readonly createdAt: string
  readonly lastUsedAt: string
  /** When the user last proved their identity; null if no proof is known. */
  readonly authTime: string | null
  readonly amr: readonly string[]
  /** What was another at its last renewal than at the sign-in. */
  readonly changed: readonly ('address' | 'browser')[]
  /** Whether it is the session of this request. */
  readonly current: boolean
}
