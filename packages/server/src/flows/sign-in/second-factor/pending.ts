import { KeyhavenError } from '@keyhaven/core/errors'
import type { Method } from '../../../model/sign-in/amr.ts'
import type { SigningBrowser } from '../../../model/sign-in/signing-browser.ts'
import { findAccount } from '../../../stores/accounts.ts'
import type { Account } from '../../../stores/accounts.ts'
import type { BrowserAttempt } from '../../../stores/attempts.ts'
import { browserWith } from '../../attempts/browser.ts'
import type { FlowBrowser } from '../../attempts/browser.ts'
import type { Context } from '../../context.ts'
import { deviceBrowser, deviceOf } from '../../devices/browser.ts'

/** A sign-in that a second factor must complete, as its attempt stores it. */
export interface PendingSignIn {
  /** How its user has proved their identity so far. */
  readonly methods: readonly Method[]
  /** The account's credential version then: another one ends the attempt. */
  readonly credentialVersion: number
  /** Second factors that were tried. */
  readonly tries: number
  /** How often its user has begun to use a passkey or to set up a factor. */
  readonly beginnings?: number
  /** Whether its user has proved by a code that they read the mail of the account (H16). */
  readonly readsMail?: boolean
  readonly device?: string | undefined
  readonly remember?: boolean | undefined
}

/** A sign-in that this browser has begun. */
export interface Pending {
  readonly browser: FlowBrowser
  readonly attempt: BrowserAttempt
  readonly account: Account
  readonly proved: PendingSignIn
  /** The device, if the account knows this browser. */
  readonly device: string | undefined
}

/**
 * The sign-in that a browser has begun.
 * @throws KeyhavenError `attempt_over`, also if the account was locked or its password changed since.
 */
export async function pendingOf(
  { database }: Pick<Context, 'database'>,
  { flowCookies = [], deviceCookies = [] }: SigningBrowser,
): Promise<Pending> {
  return database.read(async (moment) => {
    const begun = await browserWith(moment, flowCookies, 'second-factor')
    const account = begun && (await findAccount(moment.db, begun.attempt.account_id ?? ''))
    if (begun === undefined || account === undefined) throw new KeyhavenError('attempt_over')
    const proved = provedIn(begun.attempt)
    const isSame = proved.credentialVersion === account.credential_version
    if (!isSame || account.status !== 'active') throw new KeyhavenError('attempt_over')
    const device = deviceOf(await deviceBrowser(moment, deviceCookies), account.id)?.id
    return { ...begun, account, proved, device }
  })
}

/** What is proved in an attempt. */
export function provedIn({ about }: Pick<BrowserAttempt, 'about'>): PendingSignIn {
  return JSON.parse(about ?? '') as PendingSignIn
}
