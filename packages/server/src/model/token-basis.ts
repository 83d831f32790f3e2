import { scopesOf } from '@keyhaven/core/access'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import { newTokenId } from '../secrets/random.ts'
import type { Account } from '../stores/accounts.ts'
import type { Values } from './application.ts'
import type { FlowSettings } from './flow-settings.ts'

/** What the token of an API key, an exchange or a ticket is made from. */
export interface TokenBasis {
  readonly account: Account
  readonly roles: readonly string[]
  readonly values: Values
  readonly clientId: string
  readonly audiences: readonly string[]
  /** The scopes that it may have at most; null for all that the account has. */
  readonly scope: readonly string[] | null
  /** Times in milliseconds that it may not outlive, besides the life of every token. */
  readonly ends: readonly (number | null)[]
  /** Claims of its own, such as `sid` and `act`. */
  readonly more?: Partial<AccessTokenClaims>
}

/** The prefix of the scopes that only a user's own session and a machine exercise (H1). */
const RESERVED = 'keyhaven:'

/** Those of some scopes that an account still has, without reserved ones; of null all that it has. */
export function scopesStillHeld(
  { settings }: { readonly settings: Pick<FlowSettings, 'access'> },
  roles: readonly string[],
  scope: readonly string[] | null,
): string[] {
  return scopesOf(settings.access, roles).filter(
    (one) => !one.startsWith(RESERVED) && (scope === null || scope.includes(one)),
  )
}

/** The claims of a new token that no cookie carries. `now` is in milliseconds. */
export function claimsFrom(
  context: { readonly settings: FlowSettings },
  { account, roles, values, clientId, audiences, scope, ends, more }: TokenBasis,
  now: number,
): AccessTokenClaims {
  const { issuer, lifetimes } = context.settings
  const scopes = scopesStillHeld(context, roles, scope)
  const limits = ends.filter((end) => end !== null)
  return {
    ...values,
    iss: issuer,
    sub: `${issuer}/accounts/${account.id}`,
    aud: [...new Set(audiences)],
    exp: Math.floor(Math.min(now + lifetimes.accessTtl * 1000, ...limits) / 1000),
    iat: Math.floor(now / 1000),
    jti: newTokenId(),
    ...(account.era !== null && { era: account.era }),
    client_id: clientId,
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    ...more,
  }
}

/** The audiences of a cookie's token, which are those of a key without audiences of its own. */
export function cookieAudiences({ settings }: { readonly settings: FlowSettings }): string[] {
  return [...new Set([settings.issuer, ...settings.audiences])]
}
