import type { ApiKeyParts } from '@keyhaven/core'
import { KeyhavenError } from '@keyhaven/core/errors'
import type { AccessTokenClaims, Introspection } from '@keyhaven/core/wire'
import { scopesStillHeld } from '../../model/token-basis.ts'
import { latestClaimsOf } from '../../stores/tokens.ts'
import { issueForKey, scopesOfKey, valuesForKey } from './issue.ts'
import { lockLiveKey } from './lock-live.ts'
import { proveKey } from './prove.ts'
import type { ProvedKey } from './prove.ts'
import { audiencesOfKey } from './token.ts'
import type { Context } from '../context.ts'

interface KeyOfGuard {
  readonly key: ApiKeyParts
  /** The id of the guard, by which unknown keys are counted. */
  readonly guard: string
  /** The audiences that it guards. */
  readonly audiences: readonly string[]
}

/**
 * What an API key is to a guard: the claims of a recorded token, so that whatever takes tokens back takes this back.
 * A key that has ended has the code of its end; one of other audiences is not active (H30).
 */
export async function introspectKey(
  context: Context,
  { key: sent, guard, audiences }: KeyOfGuard,
): Promise<Introspection> {
  try {
    const proved = await proveKey(context, sent, { guard })
    const common = audiencesOfKey(context, proved.key).filter((one) => audiences.includes(one))
    if (common.length === 0) return { active: false }
    const claims =
      (await sharedClaims(context, proved, common)) ?? (await newClaims(context, proved, common))
    const { addresses } = proved.key
    return {
      active: true,
      token_type: 'Bearer',
      ...claims,
      ...(addresses !== null && { addresses: JSON.parse(addresses) as string[] }),
    }
  } catch (error) {
    if (error instanceof KeyhavenError && error.status === 401) {
      return { active: false, code: error.code }
    }
    throw error
  }
}

async function newClaims(
  context: Context,
  proved: ProvedKey,
  audiences: readonly string[],
): Promise<AccessTokenClaims> {
  const values = await valuesForKey(context, proved.account)
  return context.database.transact(async (moment) => {
    const live = await lockLiveKey(moment, proved)
    const token = { audiences, scope: null, values }
    return (await issueForKey(context, moment, { live, token })).claims
  })
}

/** The claims of the key's latest token if it says the same and more than half of its life is left. */
async function sharedClaims(
  context: Context,
  { key, account, roles, readAt }: ProvedKey,
  audiences: readonly string[],
): Promise<AccessTokenClaims | undefined> {
  const { settings, database, revocations } = context
  const claims = await database.read(({ db }) => latestClaimsOf(db, key.id))
  if (claims === undefined || claims.client_id !== key.id || claims.act !== undefined)
    return undefined
  const scope = scopesStillHeld(context, roles, scopesOfKey(key)).join(' ')
  const left = claims.exp - readAt / 1000
  const isSame =
    claims.era === account.era &&
    (claims.scope ?? '') === scope &&
    claims.aud.toSorted().join(' ') === audiences.toSorted().join(' ')
  if (!isSame || left <= settings.lifetimes.accessTtl / 2) return undefined
  // A wrong clock may have left a token of the future
  if (claims.iat > readAt / 1000 || left > settings.lifetimes.accessTtl) return undefined
  return revocations.copy.find(claims) === undefined ? claims : undefined
}
