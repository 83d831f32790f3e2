import type { KnownGuard } from '../../feed/guard-keys.ts'
import type { ProvedKey } from '../../flows/api-keys/prove.ts'

/** Clients without a secret: the pages of this service, and apps. */
export const publicClients = ['web', 'native'] as const

/** The client of an OAuth endpoint, once it is authenticated. */
export type OAuthClient =
  /** An API key, by its secret; `id` is the `client_id` of its tokens. */
  | ({ readonly kind: 'key'; readonly id: string } & ProvedKey)
  | { readonly kind: 'guard'; readonly id: string; readonly guard: KnownGuard }
  | { readonly kind: 'public'; readonly id: (typeof publicClients)[number] }
  /** The request names none. Only an exchange of another issuer's token needs none (H2). */
  | { readonly kind: 'none'; readonly id: undefined }

/** How a client authenticates. */
export type ClientKind = OAuthClient['kind']

/** A client of some kinds. */
export type ClientOf<K extends ClientKind> = Extract<OAuthClient, { readonly kind: K }>
