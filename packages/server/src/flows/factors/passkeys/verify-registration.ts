import { verifyRegistrationResponse } from '@simplewebauthn/server'
import { decodeAttestationObject, isoCBOR } from '@simplewebauthn/server/helpers'
import type { FactorSettings } from '../../../config/factors/factor-settings.ts'
import { knownTransports } from './about.ts'
import type { PasskeyAbout } from './about.ts'
import { ownOrigin } from './own-origin.ts'
import { requirePublicKey } from './public-key.ts'
import { ALGORITHMS } from './algorithms.ts'
import type { Registration } from './registration.ts'

/** A new passkey that is right. */
export interface VerifiedRegistration {
  /** Base64url. */
  readonly passkeyId: string
  /** COSE, base64url. */
  readonly publicKey: string
  readonly counter: number
  readonly about: PasskeyAbout
}

/** Verifies a new passkey (WebAuthn §7.1). @returns `undefined` for a wrong one. */
export async function verifyRegistration(
  factors: FactorSettings,
  answer: Registration,
  challenge: string,
): Promise<VerifiedRegistration | undefined> {
  const { clientDataJSON, attestationObject, transports = [] } = answer.response
  const expectedOrigin = ownOrigin(factors, clientDataJSON, { type: 'webauthn.create', challenge })
  if (expectedOrigin === undefined) return undefined
  try {
    const response = { clientDataJSON, attestationObject: withoutAttestation(attestationObject) }
    const { registrationInfo } = await verifyRegistrationResponse({
      response: { ...answer, response, clientExtensionResults: {} },
      expectedChallenge: challenge,
      expectedOrigin,
      expectedRPID: factors.rpId,
      requireUserVerification: false,
      supportedAlgorithmIDs: [...ALGORITHMS],
    })
    if (registrationInfo?.credential.id !== answer.id) return undefined
    const { credential, aaguid, credentialDeviceType } = registrationInfo
    requirePublicKey(credential.publicKey)
    return {
      passkeyId: credential.id,
      publicKey: Buffer.from(credential.publicKey).toString('base64url'),
      counter: credential.counter,
      about: {
        rpId: factors.rpId,
        aaguid,
        transports: knownTransports(transports),
        backupEligible: credentialDeviceType === 'multiDevice',
      },
    }
  } catch {
    return undefined
  }
}

/**
 * Replaces a statement of attestation by none, as browsers do for a service that requests none
 * (WebAuthn §5.1.3). A statement brings certificates, whose check would load lists from addresses that
 * the sender chose.
 */
function withoutAttestation(attestationObject: string): string {
  const bytes = new Uint8Array(Buffer.from(attestationObject, 'base64url'))
  const authData = decodeAttestationObject(bytes).get('authData')
  const attStmt = new Map<string, never>()
  const none = new Map<string, string | Uint8Array | Map<string, never>>([
    ['fmt', 'none'],
    ['attStmt', attStmt],
    ['authData', authData],
  ])
  return Buffer.from(isoCBOR.encode(none)).toString('base64url')
}
