import { LEEWAY } from '@keyhaven/core'
import { KeyhavenError } from '@keyhaven/core/errors'
import type { TokenAnswer } from '@keyhaven/core/wire'
import type { Moment } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import type { Values } from '../../model/application.ts'
import { OAuthRefusal } from '../../model/oauth-refusal.ts'
import { claimsFrom, scopesStillHeld } from '../../model/token-basis.ts'
import { sha256 } from '../../secrets/hashes/hash.ts'
import { newId } from '../../secrets/random.ts'
import { lockAccount, rolesOf } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'
import { insertCredential } from '../../stores/credentials/credentials.ts'
import type { NewCredential } from '../../stores/credentials/credentials.ts'
import {
  insertDelegation,
  liveDelegations,
  lockLiveCredential,
  useForeignToken,
} from '../../stores/credentials/delegations.ts'
import { findRevocation } from '../../stores/revocations.ts'
import { findToken } from '../../stores/tokens.ts'
import { eraOf } from '../credentials/end-era.ts'
import { outlivesRestore } from '../credentials/kinds.ts'
import { issueToken } from '../tokens/issue.ts'
import { actorsOf } from './actor.ts'
import { delegationKind } from './kind.ts'
import { permitFor, targetsOf } from './permit.ts'
import { invalidGrant, NOT_LIVE } from './invalid-grant.ts'
import type { ExchangeRequest, Exchanging, Subject } from './request.ts'
import { ACCESS_TOKEN } from './token-types.ts'

/** Live exchanged tokens of one session or key, with those that were exchanged for them. */
const MOST = 100

/** Kinds of credentials whose tokens are exchanged: a ticket opens one address only. */
const exchangeable: readonly string[] = ['session', 'api-key', 'delegation']

/** A subject that was read, with what the new token needs besides. */
export interface Exchanged {
  readonly subject: Subject
  readonly request: ExchangeRequest
  readonly hasActorToken: boolean
  /** The application's claims. */
  readonly values: Values
  readonly actor: Actor
}

/**
 * Issues the token in a transaction that has locked the account, as every revocation locks it too.
 * @throws OAuthRefusal; KeyhavenError `rate_limited`.
 */
export async function issueExchanged(
  context: Exchanging,
  moment: Moment,
  { subject, request, hasActorToken, values, actor }: Exchanged,
): Promise<TokenAnswer> {
  const { db, now } = moment
  const { by, wanted } = request
  const { account, roles, parent } = await lockSubject(moment, subject)
  const permit = await permitFor(context, db, { by, subject })
  const audiences = targetsOf(context, wanted.audiences, permit)
  const acting = permit.actor ?? (hasActorToken && by.kind === 'key' ? by.id : undefined)
  const act = actorsOf(subject, acting)
  const scope = scopeOf(context, roles, { subject, asked: wanted.scope })
  await requirePlace(moment, account, parent)
  const claims = claimsFrom(
    context,
    {
      account: { ...account, era: await eraOf(db, account) },
      roles,
      values,
      audiences,
      scope,
      clientId: subject.clientId,
      ends: [subject.endsAt, parent?.idle_expires_at ?? null, parent?.absolute_expires_at ?? null],
      more: { ...subject.kept, ...(act !== undefined && { act }) },
    },
    now,
  )
  if (claims.exp <= claims.iat) throw invalidGrant(NOT_LIVE)
  const credential = await insertCredential(db, account, {
    id: newId('dlg'),
    kind: delegationKind.name,
    client_id: subject.clientId,
    scope: JSON.stringify((claims.scope ?? '').split(' ').filter((one) => one !== '')),
    parent_id: parent?.id ?? null,
    created_at: now,
    last_used_at: now,
    idle_expires_at: null,
    // When no API accepts its token any more, so that its end needs no entry in the log
    absolute_expires_at: (claims.exp + LEEWAY) * 1000,
    outlives: outlivesRestore(delegationKind),
  })
  const issuer = subject.from.kind === 'foreign' ? subject.from.issuer : undefined
  const caller = callerOf(request)
  await insertDelegation(db, credential, {
    audiences: JSON.stringify(audiences),
    actor: caller ?? null,
    issuer: issuer ?? null,
  })
  const { accessToken } = await issueToken(context, moment, { credential, claims })
  await happened(moment, 'token.exchanged', {
    actor: { ...actor, accountId: actor.accountId ?? account.id },
    account: account.id,
    session: claims.sid,
    details: {
      credential: credential.id,
      audience: audiences,
      ...(caller !== undefined && { caller }),
      ...(issuer !== undefined && { issuer }),
    },
  })
  return {
    access_token: accessToken,
    issued_token_type: ACCESS_TOKEN,
    token_type: 'Bearer',
    expires_in: claims.exp - Math.floor(now / 1000),
    ...(claims.scope !== undefined && { scope: claims.scope }),
  }
}

interface LockedSubject {
  readonly account: Locked<Account>
  readonly roles: readonly string[]
  readonly parent: Locked<NewCredential> | undefined
}

/** Locks the account of a subject and reads what it stands on again. @throws OAuthRefusal `invalid_grant`. */
async function lockSubject(moment: Moment, subject: Subject): Promise<LockedSubject> {
  const { db } = moment
  const account = await lockAccount(db, subject.accountId)
  if (account === undefined || account.status !== 'active') throw invalidGrant(NOT_LIVE)
  const roles = await rolesOf(db, account.id)
  if (subject.from.kind === 'foreign') {
    await useOnce(moment, subject.from)
    return { account, roles, parent: undefined }
  }
  const parent = await lockParent(moment, account, subject)
  if (parent === undefined || !exchangeable.includes(parent.kind)) throw invalidGrant(NOT_LIVE)
  // A session with an actor is an impersonation (H5)
  if (parent.kind === 'session' && subject.act !== undefined) throw invalidGrant(NOT_LIVE)
  return { account, roles, parent }
}

async function lockParent(
  moment: Moment,
  account: Locked<Account>,
  { from }: Subject,
): Promise<Locked<NewCredential> | undefined> {
  if (from.kind === 'key') return lockLiveCredential(moment, account, from.id)
  if (from.kind === 'foreign') return undefined
  if (from.era !== undefined && from.era !== account.era) return undefined
  if ((await findRevocation(moment.db, 'jti', from.jti)) !== undefined) return undefined
  const token = await findToken(moment.db, from.jti)
  const id = token?.credential_id ?? undefined
  return id === undefined ? undefined : lockLiveCredential(moment, account, id)
}

async function useOnce(
  { db }: Moment,
  { issuer, once }: Extract<Subject['from'], { kind: 'foreign' }>,
): Promise<void> {
  if (once === undefined) return
  const { jti, expiresAt: expires_at } = once
  if (await useForeignToken(db, { issuer, jti_sha256: sha256(jti), expires_at })) return
  throw invalidGrant('The token of the trusted issuer was exchanged before: get a new one.')
}

/** The scopes of the new token: those asked for, else all of the subject that the account still has. */
function scopeOf(
  context: Pick<Exchanging, 'settings'>,
  roles: readonly string[],
  { subject, asked }: { readonly subject: Subject; readonly asked: readonly string[] | undefined },
): readonly string[] {
  const held = scopesStillHeld(context, roles, subject.scope)
  if (asked === undefined || asked.every((one) => held.includes(one))) return asked ?? held
  throw new OAuthRefusal(
    'invalid_scope',
    'The token lacks one of these scopes: leave the scope out, or name fewer.',
  )
}

async function requirePlace(
  moment: Moment,
  account: Locked<Account>,
  parent: Locked<NewCredential> | undefined,
): Promise<void> {
  const { count, firstEnd } = await liveDelegations(moment, account, parent)
  if (count < MOST) return
  const retryAfter = Math.max(1, Math.ceil((firstEnd - moment.now) / 1000))
  throw new KeyhavenError('rate_limited', {
    retryAfter,
    reason: `${MOST} exchanged tokens of one session or key are live`,
  })
}

/** The client, as the audit log and the row name it. */
function callerOf({ by }: ExchangeRequest): string | undefined {
  if (by.kind === 'guard') return `guard:${by.guard.name}`
  return by.kind === 'none' ? undefined : by.id
}
