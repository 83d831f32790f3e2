import type { AccessTokenClaims, ActorClaim } from '@keyhaven/core/wire'
import type { Account } from '../../stores/accounts.ts'
import type { ApiKey } from '../../stores/credentials/api-keys.ts'
import type { Context, ContextPart } from '../context.ts'
import type { Issuing } from '../tokens/issue.ts'

/** The authenticated client of an exchange. */
export type Exchanger =
  | { readonly kind: 'none' }
  | { readonly kind: 'public'; readonly id: string }
  | { readonly kind: 'key'; readonly id: string; readonly key: ApiKey; readonly account: Account }
  | { readonly kind: 'guard'; readonly guard: { readonly id: string; readonly name: string } }

/** The parameters of an exchange (RFC 8693 §2.1). */
export interface Wanted {
  readonly subjectToken: string
  readonly subjectTokenType: string
  readonly actorToken?: string | undefined
  readonly actorTokenType?: string | undefined
  readonly requestedTokenType?: string | undefined
  readonly scope?: readonly string[] | undefined
  /** By `audience` and `resource` together. */
  readonly audiences?: readonly string[] | undefined
}

/** Who wants what. */
export interface ExchangeRequest {
  readonly by: Exchanger
  readonly wanted: Wanted
  /** The client's address, if the host provides one. */
  readonly address: string | undefined
}

/** A token or key that is to be exchanged, as it was read: its account is locked and read again later. */
export interface Subject {
  readonly from: Origin
  readonly accountId: string
  readonly clientId: string
  readonly audiences: readonly string[]
  /** The scopes that it has; null for all that the account has. */
  readonly scope: readonly string[] | null
  /** Milliseconds since 1970; null if only its credential ends it. */
  readonly endsAt: number | null
  readonly act: ActorClaim | undefined
  readonly mayAct: unknown
  /** Claims that the new token has too. */
  readonly kept: Partial<AccessTokenClaims>
}

/** What a subject is. */
export type Origin =
  | { readonly kind: 'token'; readonly jti: string; readonly era: string | undefined }
  | { readonly kind: 'key'; readonly id: string }
  /** A token of another service; `once` if it names itself, so that it is exchanged once. */
  | {
      readonly kind: 'foreign'
      readonly issuer: string
      readonly once: { readonly jti: string; readonly expiresAt: number } | undefined
    }

/** What an exchange needs. */
export type Exchanging = Issuing &
  Pick<Context, 'database' | 'exchange'> &
  ContextPart<'revocations', 'copy' | 'follow'> &
  ContextPart<'tools', 'application' | 'clock' | 'limits' | 'log' | 'metrics'>
