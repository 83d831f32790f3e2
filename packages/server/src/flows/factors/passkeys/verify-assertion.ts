import { verifyAuthenticationResponse } from '@simplewebauthn/server'
import type { FactorSettings } from '../../../config/factors/factor-settings.ts'
import type { Factor } from '../../../stores/factors/factors.ts'
import { aboutOf } from './about.ts'
import { ownOrigin } from './own-origin.ts'
import type { Assertion } from './assertion.ts'
import { userHandleOf } from '../user-handle.ts'

/** A right answer. */
export interface VerifiedAssertion {
  /** Whether the device has verified its user, by a PIN or a finger. */
  readonly userVerified: boolean
  /** The signature counter; authenticators that count nothing report 0. */
  readonly counter: number
}

/** The passkey that gave an answer, and the challenge that it must answer. */
export interface ExpectedAssertion {
  readonly passkey: Factor
  readonly challenge: string
}

/** Verifies the answer of a passkey (WebAuthn §7.2). @returns `undefined` for a wrong one. */
export async function verifyAssertion(
  factors: FactorSettings,
  answer: Assertion,
  { passkey, challenge }: ExpectedAssertion,
): Promise<VerifiedAssertion | undefined> {
  const { clientDataJSON, userHandle, ...response } = answer.response
  const expectedOrigin = ownOrigin(factors, clientDataJSON, { type: 'webauthn.get', challenge })
  if (expectedOrigin === undefined) return undefined
  if (userHandle && userHandle !== userHandleOf(passkey.account_id)) return undefined
  const { backupEligible } = aboutOf(passkey.about)
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        ...answer,
        response: { ...response, clientDataJSON },
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      expectedOrigin,
      expectedRPID: factors.rpId,
      requireUserVerification: false,
      credential: {
        id: answer.id,
        publicKey: new Uint8Array(Buffer.from(passkey.secret, 'base64url')),
        // One that goes back is reported, not refused
        counter: 0,
      },
    })
    const { userVerified, newCounter, credentialDeviceType } = authenticationInfo
    if (!verified || (credentialDeviceType === 'multiDevice') !== backupEligible) return undefined
    return { userVerified, counter: newCounter }
  } catch {
    return undefined
  }
}
