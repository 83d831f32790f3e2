import type { Moment } from '../../database/database.ts'
import type { Values } from '../../model/application.ts'
import { claimsFrom } from '../../model/token-basis.ts'
import type { Account } from '../../stores/accounts.ts'
import { touchCredential } from '../../stores/credentials/credentials.ts'
import { applicationClaims, formerClaims } from '../application/claims.ts'
import { eraOf } from '../credentials/end-era.ts'
import type { Context, ContextPart } from '../context.ts'
import { issueToken } from '../tokens/issue.ts'
import type { IssuedToken, Issuing } from '../tokens/issue.ts'
import type { LockedKey } from './lock-live.ts'

/** What a token for an API key needs. */
export type IssuingForKey = Issuing & Pick<Context, 'database'> & ContextPart<'tools', 'log'>

/** What the token of an API key may do. */
export interface KeyToken {
  readonly audiences: readonly string[]
  /** Of those of the key; null for all of them. */
  readonly scope: readonly string[] | null
  /** The application's claims; `undefined` if they could not be had. */
  readonly values: Values | undefined
}

/**
 * The application's claims for a token of an API key; `undefined` if they could not be had. Call it outside any
 * transaction.
 */
export function valuesForKey(
  context: IssuingForKey,
  account: Account,
): Promise<Values | undefined> {
  return applicationClaims(context, account).catch((error: unknown) => {
    context.tools.log.error({ err: error, account: account.id }, 'issued with the former claims')
    return undefined
  })
}

/** Issues a token that stands on an API key, and notes that the key was used. */
export async function issueForKey(
  context: IssuingForKey,
  moment: Moment,
  { live, token }: { readonly live: LockedKey; readonly token: KeyToken },
): Promise<IssuedToken> {
  const { db, now } = moment
  const { key, roles } = live
  const account = { ...live.account, era: await eraOf(db, live.account) }
  const values = token.values ?? (await formerClaims(context, moment, key.id))
  const basis = {
    account,
    roles,
    values,
    clientId: key.id,
    audiences: token.audiences,
    scope: scopeWithin(scopesOfKey(key), token.scope),
    ends: [key.absolute_expires_at],
  }
  const claims = claimsFrom(context, basis, now)
  const issued = await issueToken(context, moment, { credential: key, claims })
  await touchCredential(db, key, { lastUsedAt: now, idleExpiresAt: key.idle_expires_at })
  return issued
}

/** The scopes that a key was given; null for all of its owner. */
export function scopesOfKey({ scope }: Pick<LockedKey['key'], 'scope'>): readonly string[] | null {
  return scope === null ? null : (JSON.parse(scope) as string[])
}

function scopeWithin(
  given: readonly string[] | null,
  asked: readonly string[] | null,
): readonly string[] | null {
  if (given === null || asked === null) return asked ?? given
  return asked.filter((one) => given.includes(one))
}
