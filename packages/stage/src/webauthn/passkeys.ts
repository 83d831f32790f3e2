import type { Person, Reachable } from '../http/person.ts'
import { newAuthenticator } from './authenticator.ts'
import type { Authenticator, AuthenticatorOptions, Lies } from './authenticator.ts'

/** A passkey that was added to an account. */
export interface AddedPasskey {
  /** The id of its factor. */
  readonly id: string
  readonly passkeyId: string
  readonly recoveryCodes?: readonly string[]
}

/** An authenticator in a browser that is at a page of the service. */
export function authenticatorAt(
  { issuer }: Pick<Reachable, 'issuer'>,
  options: Partial<AuthenticatorOptions> = {},
): Authenticator {
  return newAuthenticator({ origin: new URL(issuer).origin, ...options })
}

/** Adds a passkey in the person's session, which must be fresh. @throws Error unless it is added. */
export async function addPasskey(
  person: Person,
  authenticator: Authenticator,
  lies?: Lies,
): Promise<AddedPasskey> {
  const added = await tryPasskey(person, authenticator, lies)
  if (added.status !== 201) throw new Error(`${added.status} ${await added.text()}`)
  return (await added.json()) as AddedPasskey
}

/** Adds a passkey, and returns the answer of the service. */
export async function tryPasskey(
  person: Person,
  authenticator: Authenticator,
  lies?: Lies,
): Promise<Response> {
  const begun = await person.ask('POST /passkeys/options')
  if (begun.status !== 200) return begun
  const response = authenticator.create(await begun.json(), lies)
  return person.ask('POST /passkeys', { response })
}

/** Signs in by a passkey alone; without a login any passkey of the authenticator may answer. */
export async function signInByPasskey(
  person: Person,
  authenticator: Authenticator,
  { login, ...lies }: Lies & { readonly login?: string } = {},
): Promise<Response> {
  const begun = await person.ask('POST /sessions/passkey/options', login ? { login } : {})
  if (begun.status !== 200) return begun
  const response = authenticator.get(await begun.json(), lies)
  return person.ask('POST /sessions/passkey', { response })
}
