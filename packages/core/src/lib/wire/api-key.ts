import type { AccountView } from './account.ts'
import type { PageClaims } from './session.ts'

/** An API key without its secret. Points in time are RFC 3339 texts. */
export interface ApiKeyView {
  /** `kh_` and 16 letters and digits: the user of `Basic`, and the `client_id` of its tokens. */
  readonly id: string
  readonly name: string
  /** How the key begins, by which its owner knows it again. */
  readonly prefix: string
  readonly scope: readonly string[]
  /** The APIs at which it works; null for all that a cookie's token works at. */
  readonly audience: readonly string[] | null
  /** The networks from which it works, in CIDR form; null for all. */
  readonly addresses: readonly string[] | null
  readonly createdAt: string
  /** When the service last saw it; null before the first time. A guard asks at most once in the life of a token. */
  readonly lastUsedAt: string | null
  readonly expiresAt: string
}

/** A key that was made just now. The secret is in no other answer. */
export interface NewApiKey extends ApiKeyView {
  readonly secret: string
  /** `id_secret`, as `Bearer`. */
  readonly key: string
}

/** Answer of `/user/current` to an API key: the account of its owner, and what the key may do. */
export interface KeyView {
  readonly account: AccountView
  readonly claims: PageClaims
  readonly scope: readonly string[]
  readonly roles: readonly string[]
  /** A key needs none. */
  readonly xsrfToken: null
  /** No session stands behind a key. */
  readonly session: null
}
