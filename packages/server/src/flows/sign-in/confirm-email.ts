import { KeyhavenError } from '@keyhaven/core/errors'
import type { Moment } from '../../database/database.ts'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { applyPasswordPolicy } from '../../model/password-policy.ts'
import type { WaitingSignUp } from '../../model/sign-in/waiting-sign-up.ts'
import { deleteAttempts, lockSignUps } from '../../stores/attempts.ts'
import { findAccountByLogin } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'
import type { Link } from '../../stores/links.ts'
import { viewAccount } from '../../views/account.ts'
import { accountOf, writeAccount } from '../accounts/create.ts'
import { usernameKey } from '../../model/canonical-login.ts'
import type { PreparedAccount } from '../accounts/create.ts'
import { applicationClaims } from '../application/claims.ts'
import { notifyApplication } from '../application/call.ts'
import { browserOf } from '../attempts/browser.ts'
import type { FlowBrowser } from '../attempts/browser.ts'
import { completeAttempt } from '../attempts/complete.ts'
import type { CompletedAttempt } from '../attempts/complete.ts'
import type { Context } from '../context.ts'
import { deviceBrowser } from '../devices/browser.ts'
import { rememberDevice } from '../devices/remember.ts'
import { proveLink } from '../links/prove.ts'
import type { LinkProof } from '../links/prove.ts'
import { useLink } from '../links/use.ts'
import { revoking } from '../revocation/revoking.ts'
import { lockForOpening } from '../sessions/open.ts'
import type { OpenedSession } from '../sessions/open.ts'
import type { SigningBrowser } from '../../model/sign-in/signing-browser.ts'
import { openUnlessDue } from './open-signed-in.ts'
import { beginSecondFactor } from './second-factor/begin.ts'
import { takeOver } from '../accounts/take-over.ts'

/** The token or the code of a mail, with what the browser sends beside it. */
export interface EmailConfirmation {
  readonly proof: LinkProof
  /** The password that the account gets. Only the browser that signed up needs none. */
  readonly password: string | undefined
  readonly from: SigningBrowser
}

/** A confirmed address. */
export interface ConfirmedEmail {
  readonly email: string
  /** The session of the browser that signed up. */
  readonly opened: OpenedSession | undefined
  readonly completed: CompletedAttempt | undefined
  /** The account knows this browser from now on. */
  readonly deviceCookie: string
}

const methods = ['pwd'] as const

const nothing = { session: undefined, due: undefined }

/**
 * Confirms an address. In the browser that signed up, the account is made as it was requested, and
 * signed in. With a password, in any browser, the account gets this password and nothing else of the
 * sign-up (H12). The first confirmation of an address ends the others (H11).
 * @throws KeyhavenError `link_invalid`, `link_expired`, `password_required`, `weak_password`;
 * `second_factor_required` if the address is confirmed, and the account needs a second factor to be signed in.
 */
export async function confirmEmail(
  context: Context,
  { proof, password, from }: EmailConfirmation,
  actor: Actor,
): Promise<ConfirmedEmail> {
  const { flowCookies = [], deviceCookies = [], former, browser: words } = from
  const browser = await context.database.read((moment) => browserOf(moment, flowCookies))
  const link = await proveLink(context, { purpose: 'verify', proof, browser })
  const waiting = password === undefined ? waitingOf(browser, link) : undefined
  const found = await context.database.read((moment) => read(moment, link, waiting))
  if (found === undefined) throw new KeyhavenError('link_invalid')
  const { owner, username } = found
  const hash = waiting?.passwordHash ?? (await newHash(context, { password, link, owner }))
  const prepared = preparedOf(context, { link, hash, waiting: waiting && { ...waiting, username } })
  const values = await applicationClaims(context, {
    ...(owner ?? { ...prepared.account, created_at: 0 }),
    status: 'active',
    email_verified: 1,
  })
  const confirmed = await revoking(context, async (moment) => {
    const { db } = moment
    const locked = await lockForOpening(moment, owner?.id ?? prepared.account.id, former)
    await useLink(moment, link)
    if (owner !== undefined && (locked === undefined || !isConfirmable(locked, link))) {
      throw new KeyhavenError('link_invalid')
    }
    const account = locked
      ? (await takeOver(moment, { account: locked, hash, reason: 'address confirmed' }, actor))
          .account
      : await writeAccount(moment, prepared, actor)
    await happened(moment, 'email.confirmed', { actor, account: account.id })
    const completed = await completeAttempt(moment, browser, link.attempt_id)
    await deleteAttempts(db, await lockSignUps(db, link.email_key))
    const proved = {
      account,
      methods,
      facts: { browser: words, isNative: from.isNative },
      values,
      former,
      actor,
    }
    const { session, due } = waiting ? await openUnlessDue(context, moment, proved) : nothing
    const answer = { account, completed, opened: session, due }
    // A factor that the account already had must be proved before it knows this browser
    if (due !== undefined && due.factors.length > 0) return { ...answer, deviceCookie: undefined }
    const known = await deviceBrowser(moment, deviceCookies)
    const use = { browser: known, words, actor, isNative: from.isNative }
    const device = await rememberDevice(moment, account, use)
    return { ...answer, deviceCookie: device.cookie }
  })
  const { account, completed, opened, due, deviceCookie } = confirmed
  const { afterSignUp } = context.tools.application.hooks
  if (afterSignUp && owner === undefined) {
    const view = viewAccount(context, account)
    await notifyApplication(context, 'afterSignUp', () => afterSignUp(view))
  }
  if (due !== undefined) {
    const left = completed?.cookie === undefined ? [] : [completed.cookie.value]
    const browserLeft = { ...from, flowCookies: left }
    throw await beginSecondFactor(context, {
      account,
      methods,
      from: browserLeft,
      due,
      deviceCookie,
    })
  }
  return { email: account.email, opened, completed, deviceCookie: deviceCookie ?? '' }
}

/** The sign-up that a link confirms, if this browser has begun it. */
function waitingOf({ attempts }: FlowBrowser, link: Link): WaitingSignUp | undefined {
  // The link of a sign-up that another one of this browser replaced may be for another address
  const attempt = attempts.find(
    ({ id, email_key }) => id === link.attempt_id && email_key === link.email_key,
  )
  return attempt?.sign_up ? (JSON.parse(attempt.sign_up) as WaitingSignUp) : undefined
}

interface Found {
  /** The unconfirmed account that has the address already. */
  readonly owner: Account | undefined
  /** The user name of the sign-up, unless an operator has given it to another account. */
  readonly username: string | null
}

/** Reads what a confirmation depends on; `undefined` if the link confirms nothing. */
async function read(
  { db }: Moment,
  link: Link,
  waiting: WaitingSignUp | undefined,
): Promise<Found | undefined> {
  const owner = await findAccountByLogin(db, link.email_key)
  if (owner === undefined ? link.account_id !== null : !isConfirmable(owner, link)) return undefined
  const key = waiting?.username ? usernameKey(waiting.username) : undefined
  const isTaken = key !== undefined && (await findAccountByLogin(db, key)) !== undefined
  return { owner, username: isTaken ? null : (waiting?.username ?? null) }
}

/** Whether a link confirms an account that exists: it is as it was when the link was made. */
function isConfirmable(account: Account, link: Link): boolean {
  const { status, email_key, email_verified } = account
  if (email_key !== link.email_key) return false
  // The account was made after the link, and its address is not confirmed
  if (link.account_id === null) return status === 'unverified'
  if (link.account_id !== account.id) return false
  if (link.credential_version !== account.credential_version) return false
  return status === 'unverified' || (status === 'active' && email_verified === 0)
}

interface Elsewhere {
  readonly password: string | undefined
  readonly link: Link
  readonly owner: Account | undefined
}

async function newHash(
  { settings, tools: { passwords } }: Context,
  { password, link, owner }: Elsewhere,
): Promise<string> {
  if (password === undefined) throw new KeyhavenError('password_required')
  const { username = null, name = null } = owner ?? {}
  applyPasswordPolicy(settings, password, { email: link.email, username, name })
  await passwords.refuseBreached(password)
  return passwords.hash('sign-up', password)
}

interface Draft {
  readonly link: Link
  readonly hash: string
  readonly waiting: WaitingSignUp | undefined
}

function preparedOf({ settings }: Context, { link, hash, waiting }: Draft): PreparedAccount {
  const { username = null, name = null, profile = null } = waiting ?? {}
  return accountOf({
    email: link.email,
    email_key: link.email_key,
    email_verified: 1,
    username,
    username_key: username === null ? null : (usernameKey(username) ?? null),
    name,
    profile,
    password_hash: hash,
    roles: settings.access.defaultRoles,
  })
}
