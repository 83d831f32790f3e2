import { KeyhavenError } from '@keyhaven/core/errors'
import type { Actor } from '../../../events/happened.ts'
import { requireKnownRights } from './test-rights.ts'
import type { SigningBrowser } from '../../../model/sign-in/signing-browser.ts'
import type { Context } from '../../context.ts'
import type { SignedIn, TestedSession } from '../../sessions/open.ts'
import { openSignedIn } from '../open-signed-in.ts'
import { dueFactor } from '../second-factor/due.ts'
import { personForTest } from './person.ts'
import type { WantedPerson } from './person.ts'

/** The session that a test wants. */
export interface WantedSession extends WantedPerson, Omit<TestedSession, 'scopes'> {
  readonly from: SigningBrowser
}

/**
 * Signs a person in for a test, without a proof (H24). Its caller has the key of this start, which only a
 * development service has. No limit counts it.
 * @throws KeyhavenError `invalid_request` for an unknown scope or role; `account_locked`.
 */
export async function signInForTest(
  context: Context,
  { from, age, idleIn, endsIn, ...person }: WantedSession,
  { address, locale }: Actor,
): Promise<SignedIn> {
  const { access, lifetimes } = context.settings
  if (age !== undefined && lifetimes.absolute !== undefined && age >= lifetimes.absolute) {
    throw tooOld(lifetimes.absolute)
  }
  requireKnownRights(access, person)
  const actor = { address, locale, operator: 'testing' }
  const { account, scopes } = await personForTest(context, person, actor)
  const methods = ['pwd'] as const
  const due = await context.database.read((moment) =>
    dueFactor(context, moment, { accountId: account.id, methods }),
  )
  const proved = {
    account,
    // As after a complete sign-in by this account
    methods: due === undefined ? methods : ([...methods, 'otp'] as const),
    from,
    test: { age, idleIn, endsIn, scopes },
    within: async (): Promise<void> => {},
  }
  const { opened } = await openSignedIn(context, proved, actor)
  context.tools.metrics.passwords.signIns.add({ outcome: 'signed_in' })
  return opened
}

function tooOld(most: number): KeyhavenError {
  const message = `A session lives ${most} seconds at most here: use fewer.`
  return new KeyhavenError('invalid_request', { errors: [{ path: 'age', message }] })
}
