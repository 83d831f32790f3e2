import type { Result } from '../calls/results.ts'
import { refusalOf, refused } from './browser-refusals.ts'

/** The browser's answer to a challenge, as JSON for the service. */
export type CeremonyAnswer = Result<{ readonly response: unknown }>

/** Makes a passkey by the options of the service. */
export function makePasskey(options: unknown, signal: AbortSignal): Promise<CeremonyAnswer> {
  return answerOf(signal, async () => {
    const json = options as PublicKeyCredentialCreationOptionsJSON
    const publicKey =
      typeof PublicKeyCredential.parseCreationOptionsFromJSON === 'function'
        ? PublicKeyCredential.parseCreationOptionsFromJSON(json)
        : (await import('./credential-json.ts')).creationOptions(json)
    return navigator.credentials.create({ publicKey, signal })
  })
}

/** Has a passkey answer the service's challenge; with `conditional` as a suggestion of an input. */
export function getPasskey(
  options: unknown,
  signal: AbortSignal,
  mediation?: 'conditional',
): Promise<CeremonyAnswer> {
  return answerOf(signal, async () => {
    const json = options as PublicKeyCredentialRequestOptionsJSON
    const publicKey =
      typeof PublicKeyCredential.parseRequestOptionsFromJSON === 'function'
        ? PublicKeyCredential.parseRequestOptionsFromJSON(json)
        : (await import('./credential-json.ts')).requestOptions(json)
    return navigator.credentials.get({ publicKey, signal, ...(mediation && { mediation }) })
  })
}

async function answerOf(
  signal: AbortSignal,
  ceremony: () => Promise<Credential | null>,
): Promise<CeremonyAnswer> {
  try {
    // A browser may not notice a signal that has fired before
    if (signal.aborted) return refused('passkey_replaced')
    const credential = (await ceremony()) as PublicKeyCredential | null
    return credential === null
      ? refused('passkey_failed')
      : { ok: true, response: await jsonOf(credential) }
  } catch (exception) {
    // The page's own signal may have a reason of any kind
    return signal.aborted ? refused('passkey_replaced') : refusalOf(exception)
  }
}

/** The credential as JSON. Those of password managers in extensions often can't make it themselves. */
async function jsonOf(credential: PublicKeyCredential): Promise<unknown> {
  try {
    return credential.toJSON()
  } catch {
    return (await import('./credential-json.ts')).credentialJson(credential)
  }
}
