import { KeyhavenError } from '@keyhaven/core/errors'
import type { Locked } from '../../database/locked.ts'
import type { Actor } from '../../events/happened.ts'
import { amrOf } from '../../model/sign-in/amr.ts'
import type { Method } from '../../model/sign-in/amr.ts'
import { refuseUnlessActive } from '../../model/refuse-unless-active.ts'
import type { Account } from '../../stores/accounts.ts'
import { noteSession } from '../../stores/factors/factors.ts'
import { viewAccount } from '../../views/account.ts'
import { callApplication, notifyApplication } from '../application/call.ts'
import { applicationClaims } from '../application/claims.ts'
import type { Context } from '../context.ts'
import { deviceBrowser, deviceOf } from '../devices/browser.ts'
import { rememberDevice } from '../devices/remember.ts'
import { revoking } from '../revocation/revoking.ts'
import type { RevokingMoment } from '../revocation/revoking.ts'
import { lockForOpening, openSession } from '../sessions/open.ts'
import type {
  OpenedSession,
  SessionOpening,
  SignedIn,
  SignInFacts,
  TestedSession,
} from '../sessions/open.ts'
import type { Issuing } from '../tokens/issue.ts'
import { mayReportDevice, reportDevice } from './report-device.ts'
import { dueFactor } from './second-factor/due.ts'
import type { DueFactor } from './second-factor/due.ts'
import type { SigningBrowser } from '../../model/sign-in/signing-browser.ts'

/** A complete sign-in: whose, how it was proved, and in which browser. */
export interface CompleteSignIn<T> {
  /** As it was when the proof was made. */
  readonly account: Account
  readonly methods: readonly Method[]
  readonly from: SigningBrowser
  /** When its user proved their identity, in milliseconds since 1970; now if left out. */
  readonly provedAt?: number
  /** Whether `within` sets a factor up: that proves nothing, and is all that was demanded. */
  readonly hasEnrolled?: boolean
  /** What a test chooses of the session; its sign-in is not mailed. */
  readonly test?: TestedSession
  /** Uses the proofs up, in the transaction that opens the session. */
  readonly within: (moment: RevokingMoment, account: Locked<Account>) => Promise<T>
}

/** A new session, and what `within` returned. */
export interface OpenedSignIn<T> {
  readonly opened: SignedIn
  readonly result: T
}

/** Opens the session of a complete sign-in, between the hooks of the application. */
export async function openSignedIn<T>(
  context: Context,
  { account: found, methods, from, provedAt, hasEnrolled = false, test, within }: CompleteSignIn<T>,
  actor: Actor,
): Promise<OpenedSignIn<T>> {
  const { beforeSignIn, afterSignIn } = context.tools.application.hooks
  const view = viewAccount(context, found)
  if (beforeSignIn) await callApplication('beforeSignIn', () => beforeSignIn(view))
  const values = await applicationClaims(context, found)
  const browser = await context.database.read((moment) =>
    deviceBrowser(moment, from.deviceCookies ?? []),
  )
  const device = deviceOf(browser, found.id)?.id
  const mayReport = test === undefined && (await mayReportDevice(context, found, device))
  const { browser: words, former } = from
  const opening = await revoking(context, async (moment) => {
    // The account may have changed while its proof was checked
    const account = await lockForOpening(moment, found.id, former)
    if (account?.credential_version !== found.credential_version) {
      throw new KeyhavenError('invalid_credentials')
    }
    refuseUnlessActive(account)
    const result = await within(moment, account)
    const facts = {
      authTime: provedAt,
      device: from.device,
      browser: words,
      remember: from.remember,
      isNative: from.isNative,
      isNewDevice: device === undefined,
      test,
    }
    const proved = { account, methods, facts, values, former, actor, hasEnrolled }
    const { session } = await openUnlessDue(context, moment, proved)
    // A factor may have been set up since the sign-in began
    if (session === undefined) throw new KeyhavenError('attempt_over')
    // The link that denies this session ends the factor too (H4)
    if (hasEnrolled) await noteSession(moment.db, account, session.session.id)
    const remembered = await rememberDevice(moment, account, {
      browser,
      words,
      actor,
      isNative: from.isNative,
    })
    if (remembered.isNew && mayReport) {
      const of = { account, session: session.session.id, device: remembered.id }
      await reportDevice(context, moment, { ...of, words, actor })
    }
    return { opened: { ...session, deviceCookie: remembered.cookie }, result }
  })
  if (afterSignIn) {
    const { id } = opening.opened.session
    await notifyApplication(context, 'afterSignIn', () => afterSignIn(view, { id }))
  }
  return opening
}

/** A sign-in in its transaction: whose, and how it was proved. */
export interface ProvedSignIn extends Omit<SessionOpening, 'facts'> {
  readonly methods: readonly Method[]
  readonly facts: Omit<SignInFacts, 'amr'>
  /** Whether a factor was set up in the same transaction. */
  readonly hasEnrolled?: boolean
}

/** A session, or the second factor that must be proved first. */
export type OpenedOrDue =
  | { readonly session: OpenedSession; readonly due: undefined }
  | { readonly session: undefined; readonly due: DueFactor }

/** Opens a session unless a second factor is due; no other flow opens sessions (H3). */
export async function openUnlessDue(
  context: Issuing,
  moment: RevokingMoment,
  { methods, facts, hasEnrolled = false, ...opening }: ProvedSignIn,
): Promise<OpenedOrDue> {
  const due = hasEnrolled
    ? undefined
    : await dueFactor(context, moment, { accountId: opening.account.id, methods })
  if (due !== undefined) return { session: undefined, due }
  const session = await openSession(context, moment, {
    ...opening,
    facts: { ...facts, amr: amrOf(methods) },
  })
  return { session, due: undefined }
}
