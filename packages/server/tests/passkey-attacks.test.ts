import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { codeOf, newPerson, person } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'
import { AT, BE, BS, UP, UV } from '@keyhaven/stage/webauthn/authenticator'
import type { Authenticator, Lies } from '@keyhaven/stage/webauthn/authenticator'
import { newPasskeyKey } from '@keyhaven/stage/webauthn/key'
import {
  addPasskey,
  authenticatorAt,
  signInByPasskey,
  tryPasskey,
} from '@keyhaven/stage/webauthn/passkeys'

const data = newFolder()
const OPTIONS = 'POST /sessions/passkey/options'
const SIGN_IN = 'POST /sessions/passkey'
let service: Service
let database: string
let owner: Person
let device: Authenticator
let other: Person
let otherDevice: Authenticator

beforeAll(async () => {
  database = await databaseIn(data)
  service = await serve(data)
  owner = await newPerson(service)
  device = authenticatorAt(service)
  await addPasskey(owner, device)
  other = await newPerson(service)
  otherDevice = authenticatorAt(service)
  await addPasskey(other, otherDevice)
})
afterAll(async () => {
  await service?.close()
  rmSync(data, { recursive: true })
})

const text = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64url')

describe('a wrong answer of a passkey (WA-1, W02)', () => {
  const lies: readonly (readonly [string, Lies & { readonly named?: boolean }])[] = [
    ['of another origin', { clientData: { origin: 'https://localhost.evil.example' } }],
    ['of an origin that is none', { clientData: { origin: 'http://localhost/' } }],
    ['of another RP id', { rpId: 'evil.example' }],
    ['of another challenge', { clientData: { challenge: text(randomBytes(32)) } }],
    ['without a challenge', { clientData: { challenge: '' } }],
    ['of a registration', { clientData: { type: 'webauthn.create' } }],
    ['in a frame of another site', { clientData: { crossOrigin: true } }],
    ['with crossOrigin that is no boolean', { clientData: { crossOrigin: 'false' } }],
    ['with a top origin', { clientData: { topOrigin: 'https://evil.example' } }],
    ['without user presence', { flags: UV | BE | BS }],
    ['without user verification', { flags: UP | BE | BS }],
    ['backed up, but not eligible', { flags: UP | UV | BS }],
    ['no longer eligible for a backup', { flags: UP | UV }],
    ['with data that it announces and lacks', { flags: UP | UV | BE | BS | AT }],
    ['by another key', { key: newPasskeyKey('ES256') }],
    ['by a key of another algorithm', { key: newPasskeyKey('EdDSA') }],
    ['with a credential id of 1,024 bytes', { credentialId: randomBytes(1024) }],
    ['without a user handle, if no login named the user', { userHandle: null }],
    ['with the user handle of another', { userHandle: text('acc_other') }],
    [
      'with the user handle of another, if a login named the user',
      { userHandle: text('x'), named: true },
    ],
  ]
  it.each(lies)('%s opens no session', async (_, { named, ...lie }) => {
    const browser = person(service)
    const answer = await signInByPasskey(browser, device, {
      ...lie,
      ...(named && { login: owner.email }),
    })
    expect(answer.status).toBe(401)
    expect(await answer.json()).not.toHaveProperty('passkey')
    expect([...browser.cookies.keys()]).toEqual(['keyhaven-flow'])
  })

  it('of another account opens no session if a login named the user', async () => {
    const browser = person(service)
    const answer = await signInByPasskey(browser, otherDevice, { login: owner.email })
    expect(await codeOf(answer)).toBe('401 invalid_credentials')
    const [failed] = await rowsIn(
      database,
      `select action, reason from audit where account_id = '${other.id}' order by id desc limit 1`,
    )
    expect(failed).toEqual({ action: 'sign_in.failed', reason: 'wrong answer of a passkey' })
  })

  it('that is malformed is a wrong one, never a failure', async () => {
    const browser = person(service)
    const options: unknown = await (await browser.ask(OPTIONS, {})).json()
    const right = device.get(options)
    const changed = (members: object): object => ({
      ...right,
      response: { ...right.response, ...members },
    })
    const deep = `${'['.repeat(3000)}${']'.repeat(3000)}`
    const malformed: readonly object[] = [
      {},
      { ...right, response: null },
      { ...right, rawId: 'x' },
      { ...right, id: `${right.id}=`, rawId: `${right.id}=` },
      { ...right, type: 'password' },
      ...['', 'null', '[]', '1', '"x"', '{', deep, '{"type":"webauthn.get"}', '\u0000'].map(
        (json) => changed({ clientDataJSON: text(json) }),
      ),
      changed({ clientDataJSON: text(' '.repeat(5000)) }),
      changed({ clientDataJSON: { toString: 'x' } }),
      ...['', 'AA', '*', text(randomBytes(36)), text(randomBytes(3000))].map((authenticatorData) =>
        changed({ authenticatorData }),
      ),
      ...['', 'AA', '*', text('0'), text(randomBytes(64)), text(randomBytes(2000))].map(
        (signature) => changed({ signature }),
      ),
      changed({ userHandle: 1 }),
      changed({ userHandle: '' }),
    ]
    for (const response of malformed) {
      const answer = await browser.ask(SIGN_IN, { response })
      expect(await codeOf(answer), JSON.stringify(response).slice(0, 200)).toBe(
        '401 invalid_credentials',
      )
    }
    const nested = `{"response":{"id":${'['.repeat(7000)}${']'.repeat(7000)}}}`
    const headers = {
      ...browser.headers,
      origin: new URL(service.issuer).origin,
      'content-type': 'application/json',
    }
    const url = `${service.address}/sessions/passkey`
    const deepest = await fetch(url, { method: 'POST', headers, body: nested })
    expect(deepest.status).toBe(400)
    expect((await browser.ask(SIGN_IN, { response: right })).status).toBe(201)
  })

  it('that was used signs in no second time, nor in another browser, nor twice at once', async () => {
    const browser = person(service)
    const response = device.get(await (await browser.ask(OPTIONS, {})).json())
    const thief = person(service)
    expect(await codeOf(await thief.ask(SIGN_IN, { response }))).toBe('401 attempt_over')
    await thief.ask(OPTIONS, {})
    expect(await codeOf(await thief.ask(SIGN_IN, { response }))).toBe('401 invalid_credentials')
    const cookies = { cookie: browser.cookie }
    const both = await Promise.all(
      [1, 2].map(() => person(service).ask(SIGN_IN, { response }, cookies)),
    )
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 401])
    expect(await codeOf(await browser.ask(SIGN_IN, { response }))).toBe('401 attempt_over')
  })

  it('of an expired challenge opens no session', async () => {
    const browser = person(service)
    const response = device.get(await (await browser.ask(OPTIONS, {})).json())
    const past = Date.now() - 1000
    await changeIn(database, `update challenges set expires_at = ${past} where purpose = 'sign-in'`)
    expect(await codeOf(await browser.ask(SIGN_IN, { response }))).toBe('401 attempt_over')
  })

  it('of a locked account opens no session', async () => {
    const locked = await newPerson(service)
    const key = authenticatorAt(service)
    await addPasskey(locked, key)
    await service.keyhaven.accounts.lock(locked.id, 'test')
    expect(await codeOf(await signInByPasskey(person(service), key))).toBe('401 account_locked')
  })
})

describe('a passkey that the service does not have (WA-2)', () => {
  it('is called unknown only if all else about the answer is right', async () => {
    const gone = await newPerson(service)
    const key = authenticatorAt(service)
    const { id } = await addPasskey(gone, key)
    expect((await gone.ask(`DELETE /factors/${id}`)).status).toBe(204)
    const problemOf = async (lies: Lies): Promise<unknown> => {
      const answer = await signInByPasskey(person(service), key, lies)
      expect(answer.status).toBe(401)
      return answer.json()
    }
    expect(await problemOf({})).toMatchObject({ code: 'invalid_credentials', passkey: 'unknown' })
    const wrong: readonly Lies[] = [
      { clientData: { origin: 'https://evil.example' } },
      { clientData: { challenge: text(randomBytes(32)) } },
      { clientData: { crossOrigin: true } },
      { rpId: 'evil.example' },
    ]
    for (const lies of wrong) expect(await problemOf(lies)).not.toHaveProperty('passkey')
    expect(await (await gone.ask('GET /factors')).json()).toMatchObject({ items: [] })
  })
})

describe('a login that has no passkeys (H48)', () => {
  /** What a stranger with an account learns by the credential that the options of a login name. */
  const learnedOf = async (login: string): Promise<unknown> => {
    const asked = await person(service).ask(OPTIONS, { login })
    const { allowCredentials } = (await asked.json()) as { allowCredentials: { id: string }[] }
    const id = Buffer.from(allowCredentials[0]?.id ?? '', 'base64url')
    const forged = { credentialId: id, key: newPasskeyKey('ES256') }
    const answers = [
      await signInByPasskey(person(service), otherDevice, forged),
      await signInByPasskey(person(service), otherDevice, { ...forged, userHandle: null }),
      await signInByPasskey(person(service), otherDevice, { ...forged, login }),
      await signInByPasskey(person(service), otherDevice, { login }),
      await signInByPasskey(person(service), otherDevice, { login, credentialId: randomBytes(32) }),
      await tryPasskey(other, authenticatorAt(service), { credentialId: id }),
    ]
    return Promise.all(answers.map(async (one) => [one.status, await one.json()]))
  }

  it('cannot be told from one that has some, by what the service says of the passkeys that it names', async () => {
    const withPasskey = await learnedOf(owner.email)
    expect(await learnedOf('unknown@example.com')).toEqual(withPasskey)
    expect(await learnedOf((await newPerson(service)).email)).toEqual(withPasskey)
  })
})
