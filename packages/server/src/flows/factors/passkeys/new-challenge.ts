import { KeyhavenError } from '@keyhaven/core/errors'
import { allowsPasskeys } from '../../../config/factors/factor-settings.ts'
import type { Moment } from '../../../database/database.ts'
import { newSecret } from '../../../secrets/random.ts'
import { putChallenge } from '../../../stores/factors/challenges.ts'
import type { ChallengeSubject } from '../../../stores/factors/challenges.ts'
import type { Context } from '../../context.ts'

/** Milliseconds for which a challenge can be answered. */
export const LIFE = 5 * 60_000

/** The same for a sign-in, whose page may offer passkeys for as long as its form is open. */
export const SIGN_IN_LIFE = 15 * 60_000

/** Writes a challenge of 256 random bits, which is accepted only for its subject. @returns it. */
export async function newChallenge(
  moment: Moment,
  subject: ChallengeSubject,
  life: number,
): Promise<string> {
  const challenge = newSecret()
  await putChallenge(moment, subject, { challenge, expires_at: moment.now + life })
  return challenge
}

/** @throws KeyhavenError `conflict` if the service has no domain that passkeys could belong to. */
export function requireDomain({ factors }: Pick<Context['settings'], 'factors'>): void {
  if (allowsPasskeys(factors)) return
  throw new KeyhavenError('conflict', {
    detail: `Passkeys belong to a domain, and the host of this service, ${factors.rpId}, is an IP address. Use another second factor.`,
  })
}
