import type { Actor } from '../../../events/happened.ts'
import { canonicalLoginKey, trimmedLogin } from '../../../model/canonical-login.ts'
import type { FlowCookie } from '../../../model/sign-in/flow-cookie.ts'
import { findAccountByLogin } from '../../../stores/accounts.ts'
import { factorsOf } from '../../../stores/factors/factors.ts'
import { beginAttempt } from '../../attempts/begin.ts'
import { browserOf } from '../../attempts/browser.ts'
import type { Context } from '../../context.ts'
import type { CredentialDescriptor } from '../../factors/passkeys/assertion-options.ts'
import { descriptorsOf, requestOptions } from '../../factors/passkeys/assertion-options.ts'
import { inventedPasskeys } from '../../factors/passkeys/invented.ts'

/** A browser that wants to sign in by a passkey. */
export interface PasskeyBeginning {
  /** An e-mail address or user name; without it any passkey in the browser may answer. */
  readonly login?: string | undefined
  readonly flowCookies: readonly string[]
}

/** The options of `navigator.credentials.get`, and the cookie of the attempt. */
export interface BegunPasskeySignIn {
  readonly options: Record<string, unknown>
  readonly cookie: FlowCookie
}

/**
 * Begins a sign-in by passkey. Answer and work are the same for a login with passkeys, one without, and
 * one that belongs to no account.
 * @throws KeyhavenError `rate_limited`; `conflict` if the service has no domain.
 */
export async function beginPasskeySignIn(
  context: Context,
  { login, flowCookies }: PasskeyBeginning,
  { address }: Actor,
): Promise<BegunPasskeySignIn> {
  await context.tools.limits.countPasskeyOptions(address)
  const named = await namedPasskeys(context, login)
  return context.database.transact(async (moment) => {
    const browser = await browserOf(moment, flowCookies)
    const about = { isNamed: login !== undefined }
    const beginning = { purpose: 'passkey', account: named.accountId, about } as const
    const { attempt, cookie } = await beginAttempt(moment, browser, beginning)
    const subject = { subject_id: attempt.id, purpose: 'sign-in' } as const
    const { allowCredentials } = named
    return { options: await requestOptions(context, moment, { subject, allowCredentials }), cookie }
  })
}

interface Named {
  readonly accountId: string | null
  readonly allowCredentials: readonly CredentialDescriptor[]
}

async function namedPasskeys(
  { database, keys }: Pick<Context, 'database' | 'keys'>,
  login: string | undefined,
): Promise<Named> {
  if (login === undefined) return { accountId: null, allowCredentials: [] }
  const key = canonicalLoginKey(login)
  const { account, factors } = await database.read(async ({ db }) => {
    const found = await findAccountByLogin(db, key ?? '')
    return { account: found, factors: await factorsOf(db, found?.id ?? '') }
  })
  const real = descriptorsOf(factors)
  const invented = inventedPasskeys(keys, key ?? trimmedLogin(login))
  const isReal = account !== undefined && real.length > 0
  return {
    accountId: isReal ? account.id : null,
    allowCredentials: isReal ? real : invented,
  }
}
