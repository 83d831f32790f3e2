import { checkTimes } from '@keyhaven/core'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import type { Moment } from '../../database/database.ts'
import { touchCredential } from '../../stores/credentials/credentials.ts'
import { noteRenewal } from '../../stores/sessions.ts'
import type { SeenFrom } from '../../stores/sessions.ts'
import { accessClaims } from '../../model/access-claims.ts'
import { applicationClaims, formerClaims } from '../application/claims.ts'
import type { Values } from '../../model/application.ts'
import type { LiveSession } from '../../model/access-claims.ts'
import { eraOf } from '../credentials/end-era.ts'
import { noteKeptClaims } from './note-kept-claims.ts'
import { lockLiveSession } from './lock-live.ts'
import type { LockedLive } from './lock-live.ts'
import type { Context, ContextPart } from '../context.ts'
import { issueAgain, issueToken } from '../tokens/issue.ts'
import type { IssuedToken, Issuing } from '../tokens/issue.ts'

/** Requests within this many milliseconds share one new token. */
const SHARED_FOR = 5000

/** A session with its new token. */
export interface RenewedSession extends LiveSession, IssuedToken {
  /** When it was renewed, in milliseconds since 1970; remaining times count from here. */
  readonly now: number
  /** Whether a parallel request got the same token. */
  readonly shared: boolean
}

/** What a renewal needs. */
export type Renewing = Issuing &
  Pick<Context, 'database'> &
  ContextPart<'tools', 'metrics' | 'log'> &
  ContextPart<'revocations', 'copy'>

/** The session, and whether this is activity of the user that moves its idle limit. */
export interface Renewal {
  readonly live: LiveSession
  readonly extend: boolean
  /** From where it is requested, for the list of sessions. */
  readonly from?: SeenFrom | undefined
}

/** Issues the session's next token, or returns the one that a parallel request just got. */
export async function renewSession(
  context: Renewing,
  { live, extend, from }: Renewal,
): Promise<RenewedSession> {
  const values = await valuesFor(context, live)
  const { tokens: renewals } = context.tools.metrics.renewals
  try {
    const renewed = await context.database.transact(async (moment) => {
      // Every revocation takes this lock too, so it either reaches the new token or prevents it
      const locked = await lockLiveSession(moment, live)
      return renewLocked(context, moment, { live: locked, values, extend, from })
    })
    renewals.add({ outcome: renewed.shared ? 'shared' : 'new' })
    return renewed
  } catch (error) {
    renewals.add({ outcome: 'failed' })
    throw error
  }
}

/** The application's claims for the next token; `undefined` if they could not be had. */
export function valuesFor(
  context: Renewing,
  { account }: LiveSession,
): Promise<Values | undefined> {
  return applicationClaims(context, account).catch((error: unknown) => {
    context.tools.log.error({ err: error, account: account.id }, 'renewed with the former claims')
    return undefined
  })
}

/** Renews inside a transaction that has locked the session. */
export async function renewLocked(
  context: Renewing,
  moment: Moment,
  { live, values, extend, from }: Next & { readonly extend: boolean },
): Promise<RenewedSession> {
  const left = extend ? await extended(context, moment, live) : live
  const shared = await sharedToken(context, moment, left)
  const token = shared ?? (await newToken(context, moment, { live: left, values, from }))
  return { ...left, ...token, now: moment.now, shared: shared !== undefined }
}

/** Moves the idle limit. */
async function extended(
  context: Renewing,
  { db, now }: Moment,
  live: LockedLive,
): Promise<LockedLive> {
  const idleExpiresAt = now + context.settings.lifetimes.idle * 1000
  await touchCredential(db, live.session, { lastUsedAt: now, idleExpiresAt })
  const times = { last_used_at: now, idle_expires_at: idleExpiresAt }
  return { ...live, session: { ...live.session, ...times } }
}

async function sharedToken(
  context: Renewing,
  moment: Moment,
  { session }: LiveSession,
): Promise<IssuedToken | undefined> {
  const { now } = moment
  const { renewed_jti: jti, renewed_at: at } = session
  if (jti === null || at === null || now - at >= SHARED_FOR) return undefined
  return issueAgain(context, moment, {
    jti,
    // A wrong clock may have left a token of the future, which no API accepts
    mayShare: (claims) =>
      checkTimes(claims, Math.floor(now / 1000), 0) === undefined &&
      context.revocations.copy.find(claims) === undefined,
  })
}

interface Next {
  readonly live: LockedLive
  /** `undefined` if the application could not provide its claims. */
  readonly values: Values | undefined
  readonly from?: SeenFrom | undefined
}

async function newToken(
  context: Renewing,
  moment: Moment,
  { live, values, from }: Next,
): Promise<IssuedToken> {
  const { db, now } = moment
  const account = { ...live.account, era: await eraOf(db, live.account) }
  const former = (): Promise<Values> => formerClaims(context, moment, live.session.id)
  const claimsWith = (chosen: Values): AccessTokenClaims =>
    accessClaims(context, { ...live, account, values: chosen }, now)
  const token = await issueToken(context, moment, {
    credential: live.session,
    claims: claimsWith(values ?? (await former())),
    // Too large now but not before: a claim that grew must not sign the user out
    smaller: async (reason) => {
      context.tools.log.error({ reason, account: account.id }, 'renewed with the former claims')
      await noteKeptClaims(moment, live)
      return claimsWith(await former())
    },
  })
  await noteRenewal(db, live.session, { jti: token.claims.jti, at: now, from })
  return token
}
