import { KeyhavenError } from '@keyhaven/core/errors'
import { happened } from '../../events/happened.ts'
import type { Actor, EventDetails } from '../../events/happened.ts'
import { findAccountByLogin } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'
import { refuseUnlessActive } from '../../model/refuse-unless-active.ts'
import { applicationClaims } from '../application/claims.ts'
import { callApplication, notifyApplication } from '../application/call.ts'
import { canonicalLoginKey } from '../../model/canonical-login.ts'
import { unknownLogin } from '../../model/unknown-login.ts'
import { mailReset } from '../links/mail-reset.ts'
import { beginAttempt } from '../attempts/begin.ts'
import { browserOf } from '../attempts/browser.ts'
import { deviceBrowser, deviceOf } from '../devices/browser.ts'
import { rememberDevice } from '../devices/remember.ts'
import { attemptAt, limitAttempts } from '../passwords/limit-attempts.ts'
import { renewHash } from '../passwords/renew-hash.ts'
import { lockForOpening, openSession } from '../sessions/open.ts'
import type { SignInFacts, SignedIn } from '../sessions/open.ts'
import { revoking } from '../revocation/revoking.ts'
import type { Context } from '../context.ts'
import { mayReportDevice, reportDevice } from './report-device.ts'
import { isWaitingSignUp } from './waiting-sign-up.ts'
import { viewAccount } from '../../views/account.ts'

/** One password attempt. `former` is the session that this browser still has; it ends. */
export interface SignIn extends Omit<SignInFacts, 'amr' | 'isNewDevice'> {
  readonly login: string
  readonly password: string
  readonly former?: string | undefined
  /** Of a browser whose sign-up may wait for its confirmation. */
  readonly flowCookies?: readonly string[] | undefined
  /** Of a browser that the account may know. */
  readonly deviceCookies?: readonly string[] | undefined
}

/**
 * Signs in. An unknown account costs the same work and gets the same response as a wrong password.
 */
export async function signInByPassword(
  context: Context,
  input: SignIn,
  actor: Actor,
): Promise<SignedIn> {
  const { signIns } = context.tools.metrics.passwords
  try {
    const opened = await prove(context, input, actor)
    signIns.add({ outcome: 'signed_in' })
    return opened
  } catch (error) {
    signIns.add({ outcome: error instanceof KeyhavenError ? error.code : 'internal' })
    throw error
  }
}

async function prove(context: Context, input: SignIn, actor: Actor): Promise<SignedIn> {
  const {
    database,
    tools: { passwords },
  } = context
  // A full queue refuses before any other work
  passwords.requireRoom('sign-in')
  const key = canonicalLoginKey(input.login)
  const { named, browser } = await database.read(async (moment) => ({
    named: await findAccountByLogin(moment.db, key ?? ''),
    browser: await deviceBrowser(moment, input.deviceCookies ?? []),
  }))
  const device = deviceOf(browser, named?.id)?.id
  const attempt = attemptAt(context, named ?? key, { address: actor.address, device })
  const found = await limitAttempts(context, attempt, async () => {
    const right = await passwords.verify('sign-in', input.password, named?.password_hash)
    if (right && named !== undefined) return named
    await recordFailure(context, actor, {
      account: named?.id,
      details: named === undefined && key !== undefined ? unknownLogin(context, key) : undefined,
    })
    return undefined
  })
  if (found === undefined) {
    const { password, flowCookies = [] } = input
    // Its count of attempts stays: it proves nothing about an account
    const isWaiting = await isWaitingSignUp(context, { key, password, flowCookies })
    throw new KeyhavenError(isWaiting ? 'email_unverified' : 'invalid_credentials')
  }
  if (found.status !== 'active') {
    const reason = `right password, account ${found.status}`
    await recordFailure(context, actor, { account: found.id, reason })
  }
  refuseUnlessActive(found)
  if (found.must_reset === 1) {
    await recordFailure(context, actor, {
      account: found.id,
      reason: 'the password must be changed',
    })
    await mailLink(context, { account: found, flowCookies: input.flowCookies ?? [] }, actor)
    throw new KeyhavenError('password_change_required')
  }
  const { beforeSignIn, afterSignIn } = context.tools.application.hooks
  const view = viewAccount(context, found)
  if (beforeSignIn) await callApplication('beforeSignIn', () => beforeSignIn(view))
  const values = await applicationClaims(context, found)
  const mayReport = await mayReportDevice(context, found, device)
  const opened = await revoking(context, async (moment) => {
    // The account may have changed while the password was hashed
    const account = await lockForOpening(moment, found.id, input.former)
    if (account?.credential_version !== found.credential_version) {
      throw new KeyhavenError('invalid_credentials')
    }
    refuseUnlessActive(account)
    const facts = {
      amr: ['pwd'],
      device: input.device,
      browser: input.browser,
      remember: input.remember,
      isNewDevice: device === undefined,
    }
    const opening = { account, facts, values, former: input.former, actor }
    const session = await openSession(context, moment, opening)
    const use = { browser, words: input.browser, actor }
    const remembered = await rememberDevice(moment, account, use)
    if (remembered.isNew && mayReport) {
      const of = { account, session: session.session.id, device: remembered.id }
      await reportDevice(context, moment, { ...of, words: input.browser, actor })
    }
    return { ...session, deviceCookie: remembered.cookie }
  })
  // It delays no answer, and never fails
  void renewHash(context, { account: found, password: input.password }, actor)
  if (afterSignIn) {
    const { id } = opened.session
    await notifyApplication(context, 'afterSignIn', () => afterSignIn(view, { id }))
  }
  return opened
}

/** Mails the link with which the owner of a right password sets another one, as they must. */
async function mailLink(
  context: Context,
  { account, flowCookies }: { readonly account: Account; readonly flowCookies: readonly string[] },
  actor: Actor,
): Promise<void> {
  const { email, email_key } = account
  const counted = { kind: 'reset', recipient: email_key, knownDevice: true } as const
  const mayMail = await context.tools.limits.countRecipient(counted)
  const mail = { email, email_key, account, mayMail, isRequired: true, knownDevice: true, actor }
  await context.database.transact(async (moment) => {
    const browser = await browserOf(moment, flowCookies)
    // A code belongs to a flow cookie, and this answer sets none
    const begun =
      browser.attempts.length === 0
        ? undefined
        : await beginAttempt(moment, browser, { purpose: 'reset' })
    await mailReset(context, moment, { ...mail, attempt: begun?.attempt })
  })
}

function recordFailure(
  { database }: Pick<Context, 'database'>,
  actor: Actor,
  what: EventDetails<'sign_in.failed'>,
): Promise<void> {
  return database.transact((moment) => happened(moment, 'sign_in.failed', { actor, ...what }))
}
