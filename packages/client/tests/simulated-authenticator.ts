import { vi } from 'vitest'

const bytes = (text: string): ArrayBuffer => new TextEncoder().encode(text).buffer
const base64url = (buffer: ArrayBuffer): string => Buffer.from(buffer).toString('base64url')
const text = (buffer: BufferSource): string => Buffer.from(buffer as ArrayBuffer).toString()

/** A ceremony that waits for its user. */
interface Waiting {
  readonly mediation: string | undefined
  readonly choose: () => void
  readonly fail: (name: string) => void
}

/** What a browser has for passkeys: it has one ceremony at a time, and waits for a user. */
export interface SimulatedAuthenticator {
  /** The options of every ceremony, with texts in place of bytes. */
  readonly ceremonies: Readonly<Record<string, unknown>>[]
  /** Calls of signals, by name. */
  readonly signals: [string, unknown][]
  /** The ceremony that waits. */
  waiting(): Waiting | undefined
  /** Has every ceremony succeed at once (`choose`) or fail with this exception; `undefined`: it waits. */
  always: string | undefined
}

interface Abilities {
  /** Whether it has the JSON methods of WebAuthn Level 3; `inherited`: those of the credential throw. */
  readonly json?: boolean | 'inherited'
  readonly autofill?: boolean
  readonly signals?: boolean
  /** Whether its ceremonies go on after their signal, as those of some extensions do. */
  readonly deaf?: boolean
}

/** Gives this process what a browser has, until `vi.unstubAllGlobals`. */
export function simulateAuthenticator(abilities: Abilities = {}): SimulatedAuthenticator {
  const { json = true, autofill = true, signals = true, deaf = false } = abilities
  let waiting: Waiting | undefined
  const simulated: SimulatedAuthenticator = {
    ceremonies: [],
    signals: [],
    waiting: () => waiting,
    always: 'choose',
  }
  const response = {
    clientDataJSON: bytes('client data'),
    authenticatorData: bytes('authenticator data'),
    signature: bytes('signature'),
    userHandle: bytes('acc_1'),
  }
  const made = {
    clientDataJSON: bytes('client data'),
    attestationObject: bytes('attestation'),
    getTransports: () => ['internal'],
  }
  class Credential {
    readonly id = base64url(bytes('credential'))
    readonly rawId = bytes('credential')
    readonly type = 'public-key'
    readonly authenticatorAttachment = 'platform'
    readonly response: object
    constructor(of: object) {
      this.response = of
      if (json !== true) return
      Object.assign(this, { toJSON: () => ({ id: this.id, native: true }) })
    }
    getClientExtensionResults = (): object => ({})
    toJSON(): never {
      throw new TypeError('Illegal invocation')
    }
  }
  const ceremony = (answer: object) => (options: CredentialRequestOptions) =>
    new Promise((resolve, reject) => {
      const { publicKey, mediation, signal } = options
      simulated.ceremonies.push({ mediation, ...readable(publicKey ?? {}) })
      const settle = (run: () => void) => () => {
        waiting = undefined
        run()
      }
      const fail = (name: string): void => settle(() => reject(new DOMException('', name)))()
      if (waiting && !deaf) return fail('OperationError')
      waiting = { mediation, fail, choose: settle(() => resolve(new Credential(answer))) }
      const abort = settle(() => reject(signal?.reason as Error))
      if (!deaf) signal?.addEventListener('abort', abort)
      if (simulated.always === 'choose') waiting.choose()
      else if (simulated.always !== undefined) waiting.fail(simulated.always)
    })
  const signalled = (name: string) => (details: unknown) => {
    simulated.signals.push([name, details])
    return Promise.reject(new DOMException('', 'SecurityError'))
  }
  vi.stubGlobal(
    'PublicKeyCredential',
    Object.assign(function PublicKeyCredential() {}, {
      isConditionalMediationAvailable: () => Promise.resolve(autofill),
      ...(json && {
        parseCreationOptionsFromJSON: (options: object) => options,
        parseRequestOptionsFromJSON: (options: object) => options,
      }),
      ...(signals && {
        signalUnknownCredential: signalled('unknown'),
        signalAllAcceptedCredentials: signalled('accepted'),
        signalCurrentUserDetails: signalled('user'),
      }),
    }),
  )
  vi.stubGlobal('navigator', {
    credentials: { create: ceremony(made), get: ceremony(response) },
  })
  vi.stubGlobal('document', Object.assign(new EventTarget(), { hidden: false }))
  return simulated
}

/** Options with the text of each byte buffer. */
function readable(options: object): Record<string, unknown> {
  const read = (_name: string, value: unknown): unknown =>
    value instanceof ArrayBuffer ? `bytes of ${text(value)}` : value
  return JSON.parse(JSON.stringify(options, (name, value: unknown) => read(name, value))) as Record<
    string,
    unknown
  >
}
