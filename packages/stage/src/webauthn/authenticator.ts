import { hash, randomBytes } from 'node:crypto'
import { cbor } from './cbor.ts'
import { newPasskeyKey } from './key.ts'
import type { PasskeyAlgorithm, PasskeyKey } from './key.ts'

/** An authenticator in a browser, at a page. */
export interface AuthenticatorOptions {
  /** The origin of the page. */
  readonly origin: string
  readonly algorithm?: PasskeyAlgorithm
  /** Whether it verifies its user; true if left out. */
  readonly verifies?: boolean
  /** Whether its passkeys are copied to other devices; then it counts nothing. True if left out. */
  readonly synced?: boolean
}

/** How an answer differs from an honest one. */
export interface Lies {
  /** Members of the client data: another origin, challenge, type, `crossOrigin`. */
  readonly clientData?: Readonly<Record<string, unknown>>
  readonly rpId?: string
  /** The byte of flags of the authenticator data. */
  readonly flags?: number
  readonly counter?: number
  /** Another key signs. */
  readonly key?: PasskeyKey
  /** The public key as COSE. */
  readonly cose?: Uint8Array
  readonly credentialId?: Uint8Array
  /** Base64url; null leaves it out. */
  readonly userHandle?: string | null
  /** The whole attestation object. */
  readonly attestationObject?: Uint8Array
}

/** A passkey in an authenticator. */
export interface Passkey {
  /** Base64url. */
  readonly id: string
  readonly key: PasskeyKey
  readonly rpId: string
  /** Base64url. */
  readonly userHandle: string
  counter: number
}

/** An answer as the browser's `toJSON()` makes it. */
export interface PasskeyAnswer extends Readonly<Record<string, unknown>> {
  readonly id: string
  readonly response: Readonly<Record<string, unknown>>
}

/** A software authenticator, and the browser that it is in. */
export interface Authenticator {
  /** The passkeys that it made, the newest last. */
  readonly passkeys: readonly Passkey[]
  /** Answers the options of a registration, with a new passkey. */
  create(options: unknown, lies?: Lies): PasskeyAnswer
  /** Answers the options of a sign-in or a step-up: with a passkey that they allow, else its newest one. */
  get(options: unknown, lies?: Lies): PasskeyAnswer
}

interface CreationOptions {
  readonly challenge: string
  readonly rp: { readonly id: string }
  readonly user: { readonly id: string }
}

interface RequestOptions {
  readonly challenge: string
  readonly rpId: string
  readonly allowCredentials?: readonly { readonly id: string }[]
}

/** The flags of authenticator data (WebAuthn §6.1): the user was present. */
export const UP = 0x01

/** The device has verified its user. */
export const UV = 0x04

/** The passkey may be copied to other devices. */
export const BE = 0x08

/** It has been copied. */
export const BS = 0x10

/** A new credential follows. */
export const AT = 0x40

/** Makes an authenticator without passkeys. */
export function newAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { origin, algorithm = 'ES256', verifies = true, synced = true } = options
  const passkeys: Passkey[] = []
  const flags = UP | (verifies ? UV : 0) | (synced ? BE | BS : 0)
  const clientDataOf = (type: string, challenge: string, lies: Lies): Buffer =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false, ...lies.clientData }))
  return {
    passkeys,
    create: (given, lies = {}) => {
      const { challenge, rp, user } = given as CreationOptions
      const key = newPasskeyKey(algorithm)
      const id = Buffer.from(lies.credentialId ?? randomBytes(32))
      passkeys.push({
        id: id.toString('base64url'),
        key,
        rpId: rp.id,
        userHandle: user.id,
        counter: 0,
      })
      const authData = Buffer.concat([
        authenticatorData({ rpId: rp.id, flags: flags | AT, counter: 0, ...lies }),
        Buffer.alloc(16),
        Buffer.from([id.length >> 8, id.length & 255]),
        id,
        lies.cose ?? key.cose,
      ])
      const none = new Map<string, string | Uint8Array | Map<string, string>>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authData],
      ])
      const attestationObject = Buffer.from(lies.attestationObject ?? cbor(none))
      return answer(id, {
        clientDataJSON: clientDataOf('webauthn.create', challenge, lies).toString('base64url'),
        attestationObject: attestationObject.toString('base64url'),
        transports: synced ? ['hybrid', 'internal'] : ['usb'],
      })
    },
    get: (given, lies = {}) => {
      const { challenge, rpId, allowCredentials = [] } = given as RequestOptions
      const own = passkeys.filter((one) => one.rpId === rpId)
      const allowed = own.find(({ id }) => allowCredentials.some((one) => one.id === id))
      const passkey = allowed ?? own.at(-1)
      if (passkey === undefined) throw new Error(`this authenticator has no passkey of ${rpId}`)
      if (!synced) passkey.counter++
      const { counter } = passkey
      const data = authenticatorData({ rpId, flags, counter, ...lies })
      const clientData = clientDataOf('webauthn.get', challenge, lies)
      const signed = Buffer.concat([data, hash('sha256', clientData, 'buffer')])
      const { userHandle = passkey.userHandle } = lies
      return answer(lies.credentialId ?? Buffer.from(passkey.id, 'base64url'), {
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: (lies.key ?? passkey.key).sign(signed).toString('base64url'),
        ...(userHandle !== null && { userHandle }),
      })
    },
  }
}

function answer(id: Uint8Array, response: PasskeyAnswer['response']): PasskeyAnswer {
  const text = Buffer.from(id).toString('base64url')
  return {
    id: text,
    rawId: text,
    type: 'public-key',
    authenticatorAttachment: 'platform',
    clientExtensionResults: {},
    response,
  }
}

function authenticatorData({
  rpId,
  flags,
  counter,
}: {
  readonly rpId: string
  readonly flags: number
  readonly counter: number
}): Buffer {
  const data = Buffer.alloc(37)
  hash('sha256', rpId, 'buffer').copy(data)
  data.writeUInt8(flags, 32)
  data.writeUInt32BE(counter, 33)
  return data
}
