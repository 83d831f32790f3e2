import { KeyhavenError } from '@keyhaven/core/errors'
import type { FactorName } from '@keyhaven/core/wire'
import type { Connection } from '../../database/database.ts'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import type { LiveSession } from '../../model/access-claims.ts'
import { amrAfter } from '../../model/sign-in/amr.ts'
import type { FactorProof } from '../../model/sign-in/factor-proof.ts'
import { newSecret } from '../../secrets/random.ts'
import { setProof } from '../../stores/sessions.ts'
import type { ContextPart } from '../context.ts'
import type { CheckedFactor } from '../factors/checked-factor.ts'
import { factorNames } from '../factors/names.ts'
import { passkeyOptions } from '../factors/passkey-options.ts'
import { factorOf, proveFactor } from '../factors/prove.ts'
import { useFactor, wrongFactor } from '../factors/use.ts'
import { STEP_UPS } from '../../model/sign-in/attempts-of.ts'
import { attemptAt, limitAttempts } from '../passwords/limit-attempts.ts'
import { lockLiveSession } from '../sessions/lock-live.ts'
import { renewLocked, valuesFor } from '../sessions/renew.ts'
import type { RenewedSession, Renewing } from '../sessions/renew.ts'
import { replaceCookie } from '../sessions/replace-cookie.ts'

/** A session whose user proves again who they are, and the browser in words. */
export interface StepUp {
  readonly live: LiveSession
  readonly proof: { readonly password: string } | FactorProof
  /** Whether the answer can set cookies: then the session gets another one, as at a sign-in. */
  readonly renewable: boolean
  readonly words: string | undefined
}

/** The same session, with its new credentials. */
export interface SteppedUp {
  readonly session: RenewedSession
  readonly sessionCookie: string | undefined
}

type Needs = Renewing & ContextPart<'tools', 'passwords' | 'limits' | 'mail'>

/**
 * Proves that the user of a session is its owner: by a second factor if the account has one, else by its
 * password. The session stays; the time of its last proof is now, in its next token too. Wrong and right
 * passwords cost the same work.
 * @throws KeyhavenError `invalid_credentials`, `second_factor_required` for a password that is not enough,
 * `rate_limited`, or as if the request had come now.
 */
export async function stepUp(context: Needs, input: StepUp, actor: Actor): Promise<SteppedUp> {
  const { stepUps } = context.tools.metrics.passwords
  try {
    const proved = await prove(context, input, actor)
    const stepped = await refresh(context, { ...input, proved }, actor)
    stepUps.add({ outcome: 'stepped_up' })
    return stepped
  } catch (error) {
    stepUps.add({ outcome: error instanceof KeyhavenError ? error.code : 'internal' })
    throw error
  }
}

/** A right second factor; `undefined` for a right password. */
type Proved = CheckedFactor | undefined

async function prove(context: Needs, input: StepUp, actor: Actor): Promise<Proved> {
  const { account, session } = input.live
  const fail: Fail = (reason, details) => {
    const of = { actor, account: account.id, session: session.id, reason, details }
    return context.database.transact((moment) => happened(moment, 'session.step_up_failed', of))
  }
  const { proof } = input
  const proved =
    'password' in proof
      ? await provePassword(context, { ...input, ...proof, fail }, actor)
      : await proveByFactor(context, { account, session, proof, fail })
  if (account.must_reset === 1) {
    await fail('the password must be changed')
    throw new KeyhavenError('password_change_required')
  }
  return proved
}

type Fail = (reason?: string, details?: { readonly factor: FactorName }) => Promise<void>

async function provePassword(
  context: Needs,
  {
    live: { account },
    password,
    fail,
  }: Pick<StepUp, 'live'> & { readonly password: string; readonly fail: Fail },
  actor: Actor,
): Promise<undefined> {
  await context.database.read(({ db }) => refuseIfFactor(db, account.id))
  const { passwords } = context.tools
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
}

async function proveByFactor(
  context: Needs,
  {
    account,
    session,
    proof,
    fail,
  }: Pick<LiveSession, 'account' | 'session'> & {
    readonly proof: FactorProof
    readonly fail: Fail
  },
): Promise<CheckedFactor> {
  const checked = await proveFactor(context, {
    account,
    proof,
    subject: { subject_id: session.id, purpose: 'step-up' },
    device: STEP_UPS,
  })
  if (checked !== undefined) return checked
  await fail(undefined, { factor: factorOf(proof) })
  throw wrongFactor()
}

/**
 * A password proves less than a second factor, which the user of this account has.
 * @throws KeyhavenError `second_factor_required`.
 */
async function refuseIfFactor(db: Connection, accountId: string): Promise<void> {
  const factors = await factorNames(db, accountId)
  if (factors.length === 0) return
  throw new KeyhavenError('second_factor_required', {
    detail: 'This account has a second factor: use it instead of the password.',
    attempt: { factors },
  })
}

async function refresh(
  context: Needs,
  { live, renewable, words, proved }: StepUp & { readonly proved: Proved },
  actor: Actor,
): Promise<SteppedUp> {
  const values = await valuesFor(context, live)
  const sessionCookie = renewable ? newSecret() : undefined
  const session = await context.database.transact(async (moment) => {
    const { db, now } = moment
    // Of two at once one wins: the other's cookie was replaced, or its password changed, meanwhile
    const locked = await lockLiveSession(moment, live)
    const { account } = locked
    if (proved === undefined) await refuseIfFactor(db, account.id)
    else await useFactor(context, moment, { checked: proved, account, words, actor })
    const former = JSON.parse(locked.session.amr) as string[]
    const amr = JSON.stringify(amrAfter(former, proved?.methods ?? ['pwd']))
    await setProof(db, locked.session, { auth_time: now, amr })
    // No request gets a token that was renewed before, which has the former time
    const fresh = { auth_time: now, amr, renewed_jti: null, renewed_at: null }
    const next = { ...locked, session: { ...locked.session, ...fresh } }
    const kept =
      sessionCookie === undefined ? next : await replaceCookie(moment, next, sessionCookie)
    await happened(moment, 'session.stepped_up', {
      actor,
      account: account.id,
      session: live.session.id,
    })
    return renewLocked(context, moment, { live: kept, values, extend: true })
  })
  return { session, sessionCookie }
}

/**
 * Begins a step-up by passkey.
 * @returns the options of `navigator.credentials.get`.
 * @throws KeyhavenError `not_found` if the account has no passkey.
 */
export function stepUpOptions(
  context: Needs,
  { account, session }: LiveSession,
): Promise<Record<string, unknown>> {
  const subject = { subject_id: session.id, purpose: 'step-up' } as const
  return passkeyOptions(context, { subject, accountId: account.id })
}
