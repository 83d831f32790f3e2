import type { Moment } from '../../../database/database.ts'
import type { ChallengeSubject } from '../../../stores/factors/challenges.ts'
import { factorsOf } from '../../../stores/factors/factors.ts'
import type { Factor } from '../../../stores/factors/factors.ts'
import type { Context } from '../../context.ts'
import { aboutOf } from './about.ts'
import { LIFE, newChallenge, requireDomain, SIGN_IN_LIFE } from './new-challenge.ts'

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
  context: Pick<Context, 'settings'>,
  moment: Moment,
  { subject, accountId }: AssertionRequest,
): Promise<Record<string, unknown>> {
  const factors = accountId === undefined ? [] : await factorsOf(moment.db, accountId)
  return requestOptions(context, moment, { subject, allowCredentials: descriptorsOf(factors) })
}

/** A credential that may answer, as browsers know it. */
export interface CredentialDescriptor {
  readonly type: 'public-key'
  /** Base64url. */
  readonly id: string
  /** Ways to its authenticator, which help the browser to find it. */
  readonly transports: readonly string[]
}

/** The passkeys among these factors, as browsers know them. */
export function descriptorsOf(factors: readonly Factor[]): readonly CredentialDescriptor[] {
  return factors.flatMap(({ passkey_id: id, about }) =>
    id === null ? [] : [{ type: 'public-key', id, transports: aboutOf(about).transports }],
  )
}

/** Which credentials may answer, and what the answer belongs to. */
export interface CredentialRequest {
  readonly subject: ChallengeSubject
  /** Any in the browser if there are none. */
  readonly allowCredentials: readonly CredentialDescriptor[]
}

/** Writes a challenge for these credentials. @returns the options of `navigator.credentials.get`. */
export async function requestOptions(
  { settings }: Pick<Context, 'settings'>,
  moment: Moment,
  { subject, allowCredentials }: CredentialRequest,
): Promise<Record<string, unknown>> {
  requireDomain(settings)
  const isSignIn = subject.purpose === 'sign-in'
  return {
    challenge: await newChallenge(moment, subject, isSignIn ? SIGN_IN_LIFE : LIFE),
    rpId: settings.factors.rpId,
    allowCredentials,
    timeout: LIFE,
    // A passkey that is the only proof must be two factors in one
    userVerification: isSignIn ? 'required' : 'preferred',
  }
}
