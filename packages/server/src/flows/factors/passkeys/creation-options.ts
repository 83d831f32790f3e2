import type { Moment } from '../../../database/database.ts'
import type { Account } from '../../../stores/accounts.ts'
import type { ChallengeSubject } from '../../../stores/factors/challenges.ts'
import { factorsOf } from '../../../stores/factors/factors.ts'
import type { Context } from '../../context.ts'
import { userHandleOf } from '../user-handle.ts'
import { descriptorsOf } from './assertion-options.ts'
import { ALGORITHMS } from './algorithms.ts'
import { LIFE, newChallenge, requireDomain } from './new-challenge.ts'

/**
 * Writes the challenge of a registration. @returns the options of `navigator.credentials.create`, as
 * JSON for `parseCreationOptionsFromJSON`: a passkey that is found without a login (H48).
 * @throws KeyhavenError `conflict` if the service has no domain that passkeys could belong to.
 */
export async function creationOptions(
  { settings }: Pick<Context, 'settings'>,
  moment: Moment,
  { account, subject }: { readonly account: Account; readonly subject: ChallengeSubject },
): Promise<Record<string, unknown>> {
  requireDomain(settings)
  const { rpId } = settings.factors
  return {
    challenge: await newChallenge(moment, subject, LIFE),
    rp: { id: rpId, name: rpId },
    user: {
      id: userHandleOf(account.id),
      name: account.email,
      displayName: account.name ?? account.email,
    },
    pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
    // An authenticator that has one of them makes no second one
    excludeCredentials: descriptorsOf(await factorsOf(moment.db, account.id)),
    authenticatorSelection: {
      residentKey: 'required',
      requireResidentKey: true,
      userVerification: 'preferred',
    },
    attestation: 'none',
    timeout: LIFE,
  }
}
