import type { Moment } from '../../../database/database.ts'
import type { ChallengeSubject } from '../../../stores/factors/challenges.ts'
import { factorsOf } from '../../../stores/factors/factors.ts'
import type { Context } from '../../context.ts'
import { LIFE, newChallenge, requireDomain } from './relying-party.ts'
import { transportsOf } from './about.ts'

/** What the answer belongs to, and whose passkeys may give it; all in the browser without an account. */
export interface AssertionRequest {
  readonly subject: ChallengeSubject
  readonly accountId: string | undefined
}

/**
 * Writes a challenge. @returns the options of `navigator.credentials.get`, as JSON for
 * `parseRequestOptionsFromJSON`.
 * @throws KeyhavenError `conflict` if the service has no domain that passkeys could belong to.
 */
export async function assertionOptions(
  { settings }: Pick<Context, 'settings'>,
  moment: Moment,
  { subject, accountId }: AssertionRequest,
): Promise<Record<string, unknown>> {
  const factors = accountId === undefined ? [] : await factorsOf(moment.db, accountId)
  const allowCredentials = factors.flatMap(({ passkey_id: id, about }) =>
    id === null ? [] : [{ type: 'public-key', id, transports: transportsOf(about) }],
  )
  return requestOptions({ settings }, moment, { subject, allowCredentials })
}

/** A credential that may answer. */
export interface AllowedCredential {
  readonly type: string
  readonly id: string
  readonly transports: readonly string[]
}

/** Writes a challenge for these credentials, or for any in the browser if there are none. */
export async function requestOptions(
  { settings }: Pick<Context, 'settings'>,
  moment: Moment,
  {
    subject,
    allowCredentials,
  }: {
    readonly subject: ChallengeSubject
    readonly allowCredentials: readonly AllowedCredential[]
  },
): Promise<Record<string, unknown>> {
  requireDomain(settings)
  return {
    challenge: await newChallenge(moment, subject),
    rpId: settings.factors.rpId,
    allowCredentials,
    timeout: LIFE,
    // A passkey that is the only proof must be two factors in one
    userVerification: subject.purpose === 'sign-in' ? 'required' : 'preferred',
  }
}
