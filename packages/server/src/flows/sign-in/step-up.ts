import { KeyhavenError } from '@keyhaven/core/errors'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import type { LiveSession } from '../../model/access-claims.ts'
import { newSecret } from '../../secrets/random.ts'
import { setAuthTime } from '../../stores/sessions.ts'
import type { ContextPart } from '../context.ts'
import { attemptAt, limitAttempts, STEP_UPS } from '../passwords/limit-attempts.ts'
import { lockLiveSession } from '../sessions/lock-live.ts'
import { renewLocked, valuesFor } from '../sessions/renew.ts'
import type { RenewedSession, Renewing } from '../sessions/renew.ts'
import { replaceCookie } from '../sessions/replace-cookie.ts'

/** A session whose user proves again who they are. */
export interface StepUp {
  readonly live: LiveSession
  readonly password: string
  /** Whether the answer can set cookies: then the session gets another one, as at a sign-in. */
  readonly renewable: boolean
}

/** The same session, with its new credentials. */
export interface SteppedUp {
  readonly session: RenewedSession
  readonly sessionCookie: string | undefined
}

type Needs = Renewing & ContextPart<'tools', 'passwords' | 'limits' | 'mail'>

/**
 * Proves by password that the user of a session is its owner. The session stays; the time of its last proof is
 * now, in its next token too. Wrong and right passwords cost the same work.
 * @throws KeyhavenError `invalid_credentials`, `rate_limited`, or as if the request had come now.
 */
export async function stepUp(context: Needs, input: StepUp, actor: Actor): Promise<SteppedUp> {
  const { stepUps } = context.tools.metrics.passwords
  try {
    await prove(context, input, actor)
    const stepped = await refresh(context, input, actor)
    stepUps.add({ outcome: 'stepped_up' })
    return stepped
  } catch (error) {
    stepUps.add({ outcome: error instanceof KeyhavenError ? error.code : 'internal' })
    throw error
  }
}

async function prove(context: Needs, { live, password }: StepUp, actor: Actor): Promise<void> {
  const { account, session } = live
  const { passwords } = context.tools
  const fail = (reason?: string): Promise<void> => {
    const of = { actor, account: account.id, session: session.id, reason }
    return context.database.transact((moment) => happened(moment, 'session.step_up_failed', of))
  }
  passwords.requireRoom('change')
  const attempt = attemptAt(context, account, { address: actor.address, device: STEP_UPS })
  const isRight = await limitAttempts(context, attempt, async () => {
    if (await passwords.verify('change', password, account.password_hash)) return true
    await fail()
    return undefined
  })
  if (isRight === undefined) {
    throw new KeyhavenError('invalid_credentials', {
      detail: 'The password is not right: enter it again.',
    })
  }
  if (account.must_reset === 1) {
    await fail('the password must be changed')
    throw new KeyhavenError('password_change_required')
  }
}

async function refresh(
  context: Needs,
  { live, renewable }: StepUp,
  actor: Actor,
): Promise<SteppedUp> {
  const values = await valuesFor(context, live)
  const sessionCookie = renewable ? newSecret() : undefined
  const session = await context.database.transact(async (moment) => {
    // Of two at once one wins: the other's cookie was replaced, or its password changed, meanwhile
    const locked = await lockLiveSession(moment, live)
    await setAuthTime(moment.db, locked.session, moment.now)
    // No request gets a token that was renewed before, which has the former time
    const fresh = { auth_time: moment.now, renewed_jti: null, renewed_at: null }
    const proved = { ...locked, session: { ...locked.session, ...fresh } }
    const kept =
      sessionCookie === undefined ? proved : await replaceCookie(moment, proved, sessionCookie)
    const { account } = locked
    await happened(moment, 'session.stepped_up', {
      actor,
      account: account.id,
      session: live.session.id,
    })
    return renewLocked(context, moment, { live: kept, values, extend: true })
  })
  return { session, sessionCookie }
}
