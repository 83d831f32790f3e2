import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeIn, databaseIn } from '@keyhaven/stage/databases/databases'
import { codeOf, newPerson } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'
import { AT, BS, UP, UV } from '@keyhaven/stage/webauthn/authenticator'
import type { Authenticator, Lies, PasskeyAnswer } from '@keyhaven/stage/webauthn/authenticator'
import { cbor } from '@keyhaven/stage/webauthn/cbor'
import { newPasskeyKey } from '@keyhaven/stage/webauthn/key'
import { addPasskey, authenticatorAt, tryPasskey } from '@keyhaven/stage/webauthn/passkeys'

const data = newFolder()
let service: Service
let database: string
let owner: Person
let other: Person
let otherDevice: Authenticator

beforeAll(async () => {
  database = await databaseIn(data)
  service = await serve(data)
  owner = await newPerson(service)
  other = await newPerson(service)
  otherDevice = authenticatorAt(service)
  await addPasskey(other, otherDevice)
})
afterAll(async () => {
  await service?.close()
  rmSync(data, { recursive: true })
})

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')

describe('a wrong new passkey (WA-1)', () => {
  const rsa = (modulusLength: number): Buffer => {
    const { n = '', e = '' } = generateKeyPairSync('rsa', { modulusLength }).publicKey.export({
      format: 'jwk',
    })
    const of = (value: string): Buffer => Buffer.from(value, 'base64url')
    return cbor(
      new Map<number, number | Buffer>([
        [1, 3],
        [3, -257],
        [-1, of(n)],
        [-2, of(e)],
      ]),
    )
  }
  const ec = (alg: number, curve: number, coordinate: Buffer): Buffer =>
    cbor(
      new Map<number, number | Buffer>([
        [1, 2],
        [3, alg],
        [-1, curve],
        [-2, coordinate],
        [-3, coordinate],
      ]),
    )
  const lies: readonly (readonly [string, Lies])[] = [
    ['of another origin', { clientData: { origin: 'https://evil.example' } }],
    ['of another RP id', { rpId: 'evil.example' }],
    ['of another challenge', { clientData: { challenge: text(randomBytes(32)) } }],
    ['of a sign-in', { clientData: { type: 'webauthn.get' } }],
    ['in a frame of another site', { clientData: { crossOrigin: true } }],
    ['without user presence', { flags: AT | UV }],
    ['backed up, but not eligible', { flags: AT | UP | UV | BS }],
    ['without a credential', { flags: UP | UV }],
    ['with a credential id of 1,024 bytes', { credentialId: randomBytes(1024) }],
    ['with a credential id of 15 bytes', { credentialId: randomBytes(15) }],
    ['of an unknown algorithm', { cose: ec(-35, 2, randomBytes(48)) }],
    ['of another curve', { cose: ec(-7, 2, randomBytes(32)) }],
    ['with a point that is on no curve', { cose: ec(-7, 1, randomBytes(32)) }],
    ['with an RSA key of 1,024 bits', { cose: rsa(1024) }],
    ['with a public key of no members', { cose: cbor(new Map()) }],
    ['with malformed CBOR as its key', { cose: Buffer.from('bf', 'hex') }],
    [
      'with bytes after its key',
      { cose: Buffer.concat([newPasskeyKey('ES256').cose, Buffer.from([0])]) },
    ],
    ...['', '00', 'a0', 'ff', 'bf', '9bffffffffffffffff', '5bffffffffffffffff', 'a363666d74'].map(
      (hex) =>
        [
          `that is malformed CBOR (${hex})`,
          { attestationObject: Buffer.from(hex, 'hex') },
        ] as const,
    ),
    ['that nests 12,000 lists', { attestationObject: Buffer.alloc(12_000, 0x81) }],
    ['that is too long', { attestationObject: Buffer.alloc(17_000) }],
  ]
  it.each(lies)('%s is not added', async (_, lie) => {
    expect(await codeOf(await tryPasskey(owner, authenticatorAt(service), lie))).toBe(
      '401 invalid_credentials',
    )
  })

  it('is added once, in the session that began it, and belongs to one account', async () => {
    const key = authenticatorAt(service)
    const options: unknown = await (await other.ask('POST /passkeys/options')).json()
    const excluded = otherDevice.passkeys.map(({ id }) => ({ id }))
    expect(options).toMatchObject({ excludeCredentials: excluded, attestation: 'none' })
    const response: PasskeyAnswer = key.create(options)
    expect(await codeOf(await owner.ask('POST /passkeys', { response }))).toBe(
      '401 invalid_credentials',
    )
    expect((await other.ask('POST /passkeys', { response })).status).toBe(201)
    expect(await codeOf(await other.ask('POST /passkeys', { response }))).toBe(
      '401 invalid_credentials',
    )
    const credentialId = Buffer.from(response.id, 'base64url')
    const taken = await Promise.all(
      [owner, other].map((one) => tryPasskey(one, authenticatorAt(service), { credentialId })),
    )
    const [mine, theirs] = await Promise.all(taken.map((answer) => answer.json()))
    expect(mine).toMatchObject({ code: 'conflict' })
    expect(mine).toEqual(theirs)
  })

  it('is not the 26th factor', async () => {
    const many = await newPerson(service)
    const { id } = await addPasskey(many, authenticatorAt(service))
    const columns =
      'account_id, kind, name, secret, counter, about, session_id, created_at, confirmed_at'
    await changeIn(
      database,
      ...Array.from(
        { length: 24 },
        (_, at) =>
          `insert into factors (id, passkey_id, ${columns}) select 'fac_${many.id}_${at}', 'x${many.id}${at}', ${columns} from factors where id = '${id}'`,
      ),
    )
    expect(await codeOf(await tryPasskey(many, authenticatorAt(service)))).toBe('409 conflict')
  })
})
