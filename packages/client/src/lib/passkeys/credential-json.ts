import { base64URLStringToBuffer, bufferToBase64URLString } from '@simplewebauthn/browser'

// For browsers without the JSON methods of WebAuthn Level 3, which never load the others

function descriptors(
  list: readonly PublicKeyCredentialDescriptorJSON[] = [],
): PublicKeyCredentialDescriptor[] {
  return list.map(
    (one) => ({ ...one, id: base64URLStringToBuffer(one.id) }) as PublicKeyCredentialDescriptor,
  )
}

/** The options for `navigator.credentials.create`. */
export function creationOptions(
  json: PublicKeyCredentialCreationOptionsJSON,
): PublicKeyCredentialCreationOptions {
  return {
    ...(json as object as PublicKeyCredentialCreationOptions),
    challenge: base64URLStringToBuffer(json.challenge),
    user: { ...json.user, id: base64URLStringToBuffer(json.user.id) },
    excludeCredentials: descriptors(json.excludeCredentials),
  }
}

/** The options for `navigator.credentials.get`. */
export function requestOptions(
  json: PublicKeyCredentialRequestOptionsJSON,
): PublicKeyCredentialRequestOptions {
  return {
    ...(json as object as PublicKeyCredentialRequestOptions),
    challenge: base64URLStringToBuffer(json.challenge),
    allowCredentials: descriptors(json.allowCredentials),
  }
}

/** The binary members of an answer, of either ceremony. */
const binary = [
  'clientDataJSON',
  'attestationObject',
  'authenticatorData',
  'signature',
  'userHandle',
] as const

/** A new passkey, or the answer of one. */
export function credentialJson(credential: PublicKeyCredential): unknown {
  const { id, rawId, type, authenticatorAttachment } = credential
  const response = credential.response as AuthenticatorAttestationResponse &
    AuthenticatorAssertionResponse
  const texts = binary.flatMap((name) => {
    const bytes: ArrayBuffer | null | undefined = response[name]
    return bytes ? [[name, bufferToBase64URLString(bytes)]] : []
  })
  return {
    id,
    rawId: bufferToBase64URLString(rawId),
    type,
    authenticatorAttachment: authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: { ...Object.fromEntries(texts), transports: response.getTransports?.() },
  }
}
