import type { Method } from '../../../model/sign-in/amr.ts'
import { sha256 } from '../../../secrets/hashes/hash.ts'
import { newSecret } from '../../../secrets/random.ts'
import type { Account } from '../../../stores/accounts.ts'
import { renewBrowser } from '../../../stores/attempts.ts'
import { beginAttempt, LIVES } from '../../attempts/begin.ts'
import { browserOf } from '../../attempts/browser.ts'
import type { Context } from '../../context.ts'
import { RefusedWithCookie } from '../../../model/sign-in/refused-with-cookie.ts'
import type { SigningBrowser } from '../../../model/sign-in/signing-browser.ts'
import type { DueFactor } from './due.ts'
import type { PendingSignIn } from './pending.ts'

/** A sign-in that is not complete. */
export interface Incomplete {
  readonly account: Account
  readonly methods: readonly Method[]
  readonly from: SigningBrowser
  readonly due: DueFactor
  /** The device cookie of a browser that the account knows from now on. */
  readonly deviceCookie?: string | undefined
}

/**
 * Begins the attempt in which this browser completes a sign-in by a second factor.
 * @returns the refusal `second_factor_required`, to be thrown: it sets the flow cookie.
 */
export async function beginSecondFactor(
  { database }: Pick<Context, 'database'>,
  { account, methods, from, due, deviceCookie }: Incomplete,
): Promise<RefusedWithCookie> {
  const pending: PendingSignIn = {
    methods,
    credentialVersion: account.credential_version,
    tries: 0,
    device: from.device,
    remember: from.remember,
  }
  const cookie = await database.transact(async (moment) => {
    const browser = await browserOf(moment, from.flowCookies ?? [])
    const beginning = { purpose: 'second-factor', account: account.id, about: pending } as const
    const { attempt, cookie: former } = await beginAttempt(moment, browser, beginning)
    // Another site may have planted the cookie that came: a copy of it must not continue this sign-in
    const value = newSecret()
    await renewBrowser(moment.db, attempt, sha256(value))
    return { ...former, value }
  })
  const attempt = { ...due, expiresIn: LIVES['second-factor'] / 1000 }
  return new RefusedWithCookie(
    'second_factor_required',
    { attempt },
    { ...cookie, device: deviceCookie },
  )
}
