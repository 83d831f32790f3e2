import type { AccessTokenClaims, KeyView } from '@keyhaven/core/wire'
import type { Application, Values } from '../model/application.ts'
import { pageClaims } from '../model/page-claims.ts'
import type { FlowSettings } from '../model/flow-settings.ts'
import { claimsFrom, cookieAudiences } from '../model/token-basis.ts'
import type { Account } from '../stores/accounts.ts'
import type { ApiKey } from '../stores/credentials/api-keys.ts'
import { viewAccount } from './account.ts'

interface Viewed {
  readonly account: Account
  readonly roles: readonly string[]
  readonly key: ApiKey
  /** What the key may do now. */
  readonly scope: readonly string[]
  /** Of the token of a key; without them those that a token of it would have now. */
  readonly claims: AccessTokenClaims | undefined
  readonly values: Values
}

/** The answer to an API key about its user and itself. `now` is in milliseconds. */
export function viewKey(
  context: {
    readonly settings: FlowSettings
    readonly tools: { readonly application: Application }
  },
  { account, roles, key, scope, claims, values }: Viewed,
  now: number,
): KeyView {
  const { audiences } = key
  const made = claimsFrom(
    context,
    {
      account,
      roles,
      values,
      clientId: key.id,
      audiences:
        audiences === null ? cookieAudiences(context) : (JSON.parse(audiences) as string[]),
      scope,
      ends: [key.absolute_expires_at],
    },
    now,
  )
  return {
    account: viewAccount(context, account),
    claims: pageClaims(context.tools, claims ?? made),
    scope,
    roles,
    xsrfToken: null,
    session: null,
  }
}
