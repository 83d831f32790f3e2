import type { Moment } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { sha256 } from '../../secrets/hashes/hash.ts'
import { newId, newSecret } from '../../secrets/random.ts'
import { lockAccounts, rolesOf } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'
import { endableCredentials, insertCredential } from '../../stores/credentials/credentials.ts'
import { findSession, insertSession } from '../../stores/sessions.ts'
import { accessClaims, NATIVE } from '../../model/access-claims.ts'
import type { LiveSession } from '../../model/access-claims.ts'
import type { Values } from '../../model/application.ts'
import { endCredentials } from '../credentials/end.ts'
import { eraOf } from '../credentials/end-era.ts'
import { openFamily } from './open-family.ts'
import { outlivesRestore } from '../credentials/kinds.ts'
import { sessionKind } from './kind.ts'
import { writeSessionEnd } from './write-ends.ts'
import type { RevokingMoment } from '../revocation/revoking.ts'
import { issueToken } from '../tokens/issue.ts'
import type { IssuedToken, Issuing } from '../tokens/issue.ts'

/** How and where the user signed in. */
export interface SignInFacts {
  readonly amr: readonly string[]
  /** When the user proved their identity, in milliseconds since 1970; now if left out. */
  readonly authTime?: number | undefined
  readonly device?: string | undefined
  /** The browser as text, for the list of sessions. */
  readonly browser?: string | undefined
  readonly remember?: boolean | undefined
  /** Whether the session has refresh tokens instead of cookies. */
  readonly isNative?: boolean | undefined
  /** Whether the account does not know the browser, and it is not that of its sign-up. */
  readonly isNewDevice?: boolean
  /** What a test chooses of its session (H24). */
  readonly test?: TestedSession | undefined
}

/** The times and scopes that a test chooses of its session, in seconds. */
export interface TestedSession {
  /** How long ago the session began, and its user proved their identity. */
  readonly age?: number | undefined
  /** Until its idle limit, which the first activity moves. */
  readonly idleIn?: number | undefined
  /** Until it ends at the latest. */
  readonly endsIn?: number | undefined
  /** Only some of the scopes that its account has. */
  readonly scopes?: readonly string[] | undefined
}

/** A session with the credentials for its cookies. */
export interface OpenedSession extends LiveSession, IssuedToken {
  readonly sessionCookie: string
  /** Of a native session, which has no cookie in use. */
  readonly refreshToken: string | undefined
}

/** A session, with the cookie by which its account knows the browser. */
export interface SignedIn extends OpenedSession {
  readonly deviceCookie: string
}

/** The account of a new session, how the user proved it, and the application's claims. */
export interface SessionOpening {
  readonly account: Locked<Account>
  readonly facts: SignInFacts
  readonly values: Values
  /** The session that this browser still has; it ends. */
  readonly former: string | undefined
  readonly actor: Actor
}

/** Live sessions that an account may have; the oldest ends when another is opened. */
const MOST_SESSIONS = 100

/**
 * Locks an account, and the account of the session that this browser still has.
 * @returns the first.
 */
export async function lockForOpening(
  { db }: Moment,
  accountId: string,
  former: string | undefined,
): Promise<Locked<Account> | undefined> {
  const held = former === undefined ? undefined : await findSession(db, former)
  const ids = new Set([accountId, held?.account_id ?? accountId])
  return (await lockAccounts(db, [...ids])).find(({ id }) => id === accountId)
}

/**
 * Opens a session of a locked account and issues its first token; every way of signing in uses it.
 */
export async function openSession(
  context: Issuing,
  moment: RevokingMoment,
  { account, facts, values, former, actor }: SessionOpening,
): Promise<OpenedSession> {
  const { db, now } = moment
  if (former !== undefined) {
    await writeSessionEnd(moment, former, {
      code: 'session_ended',
      actor,
      reason: 'signed in again',
    })
  }
  await makeRoom(moment, account, actor)
  const { age = 0, scopes, ...ends } = facts.test ?? {}
  const { idleIn = context.settings.lifetimes.idle } = ends
  const { endsIn = untilAbsolute(context, age) } = ends
  const began = now - age * 1000
  const sessionCookie = newSecret()
  const credential = await insertCredential(db, account, {
    id: newId('ses'),
    kind: sessionKind.name,
    client_id: facts.isNative ? NATIVE : 'web',
    scope: scopes === undefined ? null : JSON.stringify(scopes),
    parent_id: null,
    created_at: began,
    last_used_at: now,
    idle_expires_at: now + idleIn * 1000,
    absolute_expires_at: endsIn === undefined ? null : now + endsIn * 1000,
    outlives: outlivesRestore(sessionKind),
  })
  const session = await insertSession(db, credential, {
    cookie_sha256: sha256(sessionCookie),
    auth_time: facts.authTime ?? began,
    amr: JSON.stringify(facts.amr),
    device: facts.device ?? null,
    address: actor.address ?? null,
    browser: facts.browser ?? null,
    remember: facts.remember ? 1 : 0,
    renewed_jti: null,
    renewed_at: null,
    renewed_address: null,
    renewed_browser: null,
  })
  const refreshToken = facts.isNative ? await openFamily(context, db, credential) : undefined
  const era = await eraOf(db, account)
  const live = { account: { ...account, era }, session, roles: await rolesOf(db, account.id) }
  const claims = accessClaims(context, { ...live, values }, now)
  const token = await issueToken(context, moment, { credential, claims })
  const details = facts.isNewDevice ? { newDevice: true } : undefined
  await happened(moment, 'session.opened', {
    actor,
    account: account.id,
    session: session.id,
    details,
  })
  return { ...live, ...token, sessionCookie, refreshToken }
}

/** Seconds until a session of this age ends at the latest; `undefined` without a limit. */
function untilAbsolute(
  { settings: { lifetimes } }: Pick<Issuing, 'settings'>,
  age: number,
): number | undefined {
  return lifetimes.absolute === undefined ? undefined : lifetimes.absolute - age
}

/** Ends the oldest sessions of an account that has the maximum. */
async function makeRoom(
  moment: RevokingMoment,
  account: Locked<Account>,
  actor: Actor,
): Promise<void> {
  const all = await endableCredentials(moment.db, account)
  const live = all.filter(({ kind }) => kind === sessionKind.name)
  const ends = live
    .slice(0, Math.max(0, live.length + 1 - MOST_SESSIONS))
    .map((credential) => ({ credential, actor, reason: 'too many sessions' }))
  await endCredentials(moment, 'session_ended', ends)
}
