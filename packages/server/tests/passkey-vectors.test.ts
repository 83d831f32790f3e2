import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeIn, databaseIn } from '@keyhaven/stage/databases/databases'
import { codeOf, newPerson, password, person } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'
import { report, vectorJson } from '../../../tests/standards/vectors.ts'

interface Vectors {
  readonly origin: string
  readonly cases: readonly Case[]
}

/** Bytes are hexadecimal. */
interface Case {
  readonly id: string
  readonly registration: {
    readonly challenge: string
    readonly credential_id: string
    readonly clientDataJSON: string
    readonly attestationObject: string
  }
  readonly authentication: {
    readonly challenge: string
    readonly clientDataJSON: string
    readonly authenticatorData: string
    readonly signature: string
  }
}

const data = newFolder()
const { origin, cases } = vectorJson<Vectors>('webauthn/webauthn_l3.json')
let service: Service
let database: string

beforeAll(async () => {
  service = await serve(data, { url: `${origin}/auth`, emailVerification: 'off' })
  database = await databaseIn(data)
})
afterAll(async () => {
  await service?.close()
  rmSync(data, { recursive: true })
})

/** Why the service refuses a valid ceremony: by a rule that it sets itself. */
const refused = new Map([
  ['sctn-test-vectors-none-es256-crossOrigin', 'a page in a frame of another site'],
  ['sctn-test-vectors-packed-es384', 'an algorithm that is not offered'],
  ['sctn-test-vectors-packed-ed448', 'an algorithm that is not offered'],
])

/** The flag of a user whom the device has verified. */
const UV = 0x04

describe('the test vectors of WebAuthn (WA-1)', () => {
  report('webauthn_l3.json', cases.length)

  it.each(cases.map((one) => [one.id, refused.get(one.id) ?? 'accepted', one] as const))(
    '%s: %s',
    async (id, _, { registration, authentication }) => {
      const owner = await newPerson(service.keyhaven)
      const credentialId = text(registration.credential_id)
      const answer = (response: object): object => {
        const whole = { id: credentialId, rawId: credentialId, type: 'public-key', response }
        return { ...whole, clientExtensionResults: {} }
      }
      await owner.ask('POST /passkeys/options')
      await replaceChallenge(registration.challenge)
      const made = answer(textOf(registration, 'clientDataJSON', 'attestationObject'))
      const added = await owner.ask('POST /passkeys', { response: made })
      if (refused.has(id)) return expect(await codeOf(added)).toBe('401 invalid_credentials')
      expect(added.status).toBe(201)

      const names = ['clientDataJSON', 'authenticatorData', 'signature'] as const
      const passkey = answer(textOf(authentication, ...names))
      const browser = person(service.keyhaven)
      await browser.ask('POST /sessions/passkey/options', { login: owner.email })
      await replaceChallenge(authentication.challenge)
      const alone = await browser.ask('POST /sessions/passkey', { response: passkey })
      const flags = Buffer.from(authentication.authenticatorData, 'hex')[32] ?? 0
      expect(alone.status).toBe((flags & UV) === 0 ? 401 : 201)

      const other = person(service.keyhaven)
      await other.ask('POST /sessions', { login: owner.email, password })
      await other.ask('POST /sessions/second-factor/options', {})
      await replaceChallenge(authentication.challenge)
      const done = await other.ask('POST /sessions/second-factor', { passkey })
      expect(done.status).toBe(201)
    },
  )
})

/** Each ceremony of a vector answers a challenge of its own. */
async function replaceChallenge(hex: string): Promise<void> {
  await changeIn(database, `update challenges set challenge = '${text(hex)}'`)
}

function text(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64url')
}

function textOf<N extends string>(from: Readonly<Record<N, string>>, ...names: N[]): object {
  return Object.fromEntries(names.map((name) => [name, text(from[name])]))
}
