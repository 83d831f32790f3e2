import type { Connection } from '../../database/database.ts'
import { invalidClient, OAuthRefusal } from '../../model/oauth-refusal.ts'
import { cookieAudiences } from '../../model/token-basis.ts'
import { findApiKey } from '../../stores/credentials/api-keys.ts'
import type { ApiKey } from '../../stores/credentials/api-keys.ts'
import { findGuardByName } from '../../stores/guards.ts'
import type { GuardRow } from '../../stores/guards.ts'
import { audiencesOfKey } from '../api-keys/token.ts'
import { invalidGrant } from './invalid-grant.ts'
import type { Exchanger, Exchanging, Subject } from './request.ts'

/** What a client may make of a subject. */
export interface Permit {
  /** The audiences that the new token may have. */
  readonly targets: readonly string[]
  /** Who acts for the account from now on; `undefined` without a new actor. */
  readonly actor: string | undefined
}

/**
 * Decides which audiences a client may exchange a subject for (H2).
 * @throws OAuthRefusal `invalid_grant` if it may not exchange it at all, `invalid_client` without a client.
 */
export async function permitFor(
  context: Exchanging,
  db: Connection,
  { by, subject }: { readonly by: Exchanger; readonly subject: Subject },
): Promise<Permit> {
  if (by.kind === 'guard') return forGuard(context, await registered(db, by), subject)
  const actor = by.kind === 'key' ? by.id : undefined
  if (subject.from.kind === 'foreign') return { targets: context.exchange.audiences, actor }
  if (by.kind === 'none') throw invalidClient()
  const key = await findApiKey(db, subject.clientId)
  if (by.kind === 'key' && key !== undefined && key.id === by.id) {
    return forOwnKey(context, key, subject)
  }
  // A public client, and a key that acts for another: only what a user's own session or key got
  const { issuer } = context.settings
  if (!subject.audiences.includes(issuer)) {
    throw invalidGrant(
      'The token is for other APIs, so only one of them may exchange it: send its guard key.',
    )
  }
  if (key !== undefined && key.addresses !== null) {
    throw invalidGrant('The key works from listed addresses only: authenticate as this key.')
  }
  const { audiences } = context.exchange
  if (key === undefined || key.audiences === null) return { targets: audiences, actor }
  const own = audiencesOfKey(context, key)
  return { targets: audiences.filter((one) => own.includes(one)), actor }
}

async function registered(
  db: Connection,
  { guard }: Extract<Exchanger, { kind: 'guard' }>,
): Promise<GuardRow> {
  const row = await findGuardByName(db, guard.name)
  if (row?.id === guard.id) return row
  throw invalidClient()
}

function forGuard(
  context: Exchanging,
  { name, audiences, exchange_to }: GuardRow,
  { audiences: held, from }: Subject,
): Permit {
  const actor = `guard:${name}`
  if (from.kind === 'foreign') return { targets: context.exchange.audiences, actor }
  const own = audiences === null ? cookieAudiences(context) : (JSON.parse(audiences) as string[])
  if (!held.some((one) => own.includes(one))) {
    throw invalidGrant('The token is for no API of this guard key.')
  }
  return { targets: exchange_to === null ? [] : (JSON.parse(exchange_to) as string[]), actor }
}

/** A key narrows itself, its tokens, and what it exchanged for them; the last never widens. */
function forOwnKey(context: Exchanging, key: ApiKey, { from, act, audiences }: Subject): Permit {
  const own = audiencesOfKey(context, key)
  const all = key.audiences === null ? [...own, ...context.exchange.audiences] : own
  const { issuer } = context.settings
  const isExchanged = from.kind === 'token' && (act !== undefined || !audiences.includes(issuer))
  return isExchanged
    ? { targets: all.filter((one) => audiences.includes(one)), actor: key.id }
    : { targets: all, actor: undefined }
}

/**
 * The audiences of the new token: all that the request names.
 * @throws OAuthRefusal `invalid_target` for none, for one that is not permitted, and for the service itself.
 */
export function targetsOf(
  { settings: { issuer } }: Pick<Exchanging, 'settings'>,
  asked: readonly string[] | undefined,
  { targets }: Permit,
): readonly string[] {
  const permitted = targets.filter((one) => one !== issuer)
  if (asked !== undefined && asked.every((one) => permitted.includes(one))) return asked
  throw new OAuthRefusal(
    'invalid_target',
    asked === undefined
      ? 'The request names no API: send audience or resource.'
      : 'The client may not exchange this token for that API: name one that the operator permits.',
  )
}
