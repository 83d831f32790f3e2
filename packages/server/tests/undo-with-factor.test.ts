import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { mailQueue, unreachable } from '@keyhaven/stage/databases/queued-mails'
import type { MailQueue } from '@keyhaven/stage/databases/queued-mails'
import { addApp } from '@keyhaven/stage/http/authenticator-app'
import { codeOf, password, person, personOf } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'
import { setCookies } from '@keyhaven/stage/http/set-cookies'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'
import { addPasskey, authenticatorAt } from '@keyhaven/stage/webauthn/passkeys'

const data = newFolder()
let service: Service
let database: string
let mails: MailQueue

beforeAll(async () => {
  database = await databaseIn(data)
  mails = mailQueue(data, database)
  const environment = { NODE_ENV: 'test', ...unreachable }
  service = await serve(data, { environment, emailVerification: 'on', notices: 'on' })
})
afterAll(async () => {
  await service?.close()
  rmSync(data, { recursive: true })
})

const UNDO = 'POST /email-changes/undo'
const DENY = 'POST /session-notices/deny'
const COMPLETE = 'POST /sessions/second-factor'

/** A person with a confirmed account, signed in. */
async function member(): Promise<Person> {
  const by = person(service)
  await service.keyhaven.accounts.create({ email: by.email, password })
  return by.signIn()
}

const moved = ({ email }: Person): string => `new-${email}`

/** Gives the account another address; returns the token that brings the former one back. */
async function change(by: Person): Promise<string> {
  await by.ask(`PUT /accounts/${by.id}/email`, { email: moved(by) })
  const { token } = await mails.link(moved(by))
  expect((await by.ask('POST /email-changes/confirm', { token })).status).toBe(200)
  return (await mails.link(by.email)).token
}

/** A sign-in elsewhere, and the token with which the mail about it denies it. */
async function elsewhere(email: string, proof?: object): Promise<readonly [Person, string]> {
  const by = person(service, { email })
  const first = await by.ask('POST /sessions', { login: email, password })
  const done = proof === undefined ? first : await by.ask(COMPLETE, proof)
  expect(done.status).toBe(201)
  const notices = (await mails.to(email)).filter(({ template }) => template === 'new-device')
  return [
    await personOf(service, done),
    String(notices.at(-1)?.values['link']).split('#token=')[1] ?? '',
  ]
}

const use = async (call: string, body: object): Promise<string> => {
  const answer = await person(service).ask(call, body)
  return answer.ok ? String(answer.status) : codeOf(answer)
}

const isSignedIn = async (by: Person): Promise<boolean> =>
  (await by.ask('GET /user/current')).status === 200

async function kindsOf(owner: Person): Promise<readonly unknown[]> {
  const sql = `select kind from factors where account_id = '${owner.id}' order by created_at`
  return (await rowsIn(database, sql)).map(({ kind }) => kind)
}

describe('a link that undoes a change of address (H4)', () => {
  it('requires a factor that is older than the change, and ends those that came since', async () => {
    const owner = await member()
    const app = await addApp(owner, database)
    const token = await change(owner)
    const thief = authenticatorAt(service)
    await addPasskey(owner, thief)
    const refused = await person(service).ask(UNDO, { token })
    expect(refused.status).toBe(401)
    expect(await refused.json()).toMatchObject({
      code: 'second_factor_required',
      factors: ['totp', 'recovery_code'],
    })
    expect(setCookies(refused)).toEqual([])
    const options = await person(service).ask(`${UNDO}/options`, { token })
    const passkey = thief.get(await options.json())
    expect(await use(UNDO, { token, passkey })).toBe('401 invalid_credentials')
    expect(await use(UNDO, { token, totp: '000000' })).toBe('401 invalid_credentials')
    const failed = await rowsIn(
      database,
      `select details from audit where action = 'second_factor.failed' and account_id = '${owner.id}'`,
    )
    expect(failed).toHaveLength(2)
    const totp = await app.next()
    const answer = await person(service).ask(UNDO, { token, totp })
    expect([answer.status, await answer.json()]).toEqual([200, { email: owner.email }])
    expect(await kindsOf(owner)).toEqual(['totp'])
    expect(await isSignedIn(owner)).toBe(false)
  })

  it('is used by a passkey that is older', async () => {
    const owner = await member()
    const device = authenticatorAt(service)
    await addPasskey(owner, device)
    const token = await change(owner)
    const options = await person(service).ask(`${UNDO}/options`, { token })
    const passkey = device.get(await options.json())
    expect(await use(DENY, { token, passkey })).toBe('400 link_invalid')
    expect(await use(UNDO, { token, passkey })).toBe('200')
    expect(await use(`${UNDO}/options`, { token })).toBe('400 link_invalid')
    expect(await kindsOf(owner)).toEqual(['passkey'])
  })

  it('pauses without one: sessions end, no mail resets the password, and the factor signs in', async () => {
    const owner = await member()
    const app = await addApp(owner, database)
    const token = await change(owner)
    const answer = await person(service).ask(UNDO, { token, pause: true })
    expect([answer.status, await answer.json()]).toEqual([200, { paused: true }])
    expect(await isSignedIn(owner)).toBe(false)
    for (const email of [owner.email, moved(owner)]) {
      await person(service).ask('POST /password-resets', { email })
      const kinds = (await mails.to(email)).map(({ template }) => template)
      expect(kinds.filter((kind) => kind === 'paused')).toHaveLength(1)
      expect(kinds).not.toContain('reset')
    }
    expect(await use(UNDO, { token, totp: await app.next() })).toBe('400 link_invalid')
    const by = person(service)
    await by.ask('POST /sessions', { login: moved(owner), password })
    expect((await by.ask(COMPLETE, { totp: await app.next() })).status).toBe(201)
    // The former address stays reserved
    const other = await member()
    await other.ask(`PUT /accounts/${other.id}/email`, { email: owner.email })
    const sent = (await mails.to(owner.email)).map(({ template }) => template)
    expect(sent).not.toContain('email-change')
    // Support decides
    await service.keyhaven.accounts.resetPassword(owner.id)
    await person(service).ask('POST /password-resets', { email: moved(owner) })
    expect((await mails.to(moved(owner))).at(-1)).toMatchObject({ template: 'reset' })
  })

  it('needs no factor if there was none, and only pauses if the one that proved the change is gone', async () => {
    const owner = await member()
    const token = await change(owner)
    await addApp(owner, database)
    expect(await use(UNDO, { token })).toBe('200')
    expect(await kindsOf(owner)).toEqual([])
    const second = await member()
    const app = await addApp(second, database)
    await second.ask('POST /sessions/current/step-up', { totp: await app.next() })
    const late = await change(second)
    expect((await second.ask(`DELETE /factors/${app.id}`)).status).toBe(204)
    const answer = await person(service).ask(UNDO, { token: late })
    expect(await answer.json()).toEqual({ paused: true })
    expect(await service.keyhaven.accounts.find({ id: second.id })).toMatchObject({
      email: moved(second),
    })
  })
})

describe('a link that denies a sign-in (H4)', () => {
  it('ends the session and the factors that were added in it, if the account had none before', async () => {
    const owner = await member()
    const [thief, token] = await elsewhere(owner.email)
    await addPasskey(thief, authenticatorAt(service))
    expect(await use(DENY, { token })).toBe('204')
    expect(await isSignedIn(thief)).toBe(false)
    expect(await kindsOf(owner)).toEqual([])
    const codes = `select code_hmac from recovery_codes where account_id = '${owner.id}'`
    expect(await rowsIn(database, codes)).toEqual([])
  })

  it('requires a factor that is older than the sign-in, and leaves it', async () => {
    const owner = await member()
    const app = await addApp(owner, database)
    const [recoveryCode] = app.recoveryCodes
    const [thief, token] = await elsewhere(owner.email, { totp: await app.next() })
    const added = await addPasskey(thief, authenticatorAt(service))
    expect(await use(DENY, { token })).toBe('401 second_factor_required')
    expect(await use(DENY, { token, everything: true })).toBe('401 second_factor_required')
    expect(await use(DENY, { token, recoveryCode, totp: '000000' })).toBe('400 invalid_request')
    expect(await use(DENY, { token, recoveryCode, everything: true })).toBe('204')
    expect(await isSignedIn(thief)).toBe(false)
    expect(await kindsOf(owner)).toEqual(['totp'])
    expect(added.recoveryCodes).toBeUndefined()
    expect(await use(DENY, { token, recoveryCode })).toBe('400 link_invalid')
  })

  it('pauses the account without one', async () => {
    const owner = await member()
    const app = await addApp(owner, database)
    const [thief, token] = await elsewhere(owner.email, { totp: await app.next() })
    const answers = await Promise.all([1, 2].map(() => use(DENY, { token, pause: true })))
    expect(answers.toSorted()).toEqual(['204', '400 link_invalid'])
    expect([await isSignedIn(owner), await isSignedIn(thief)]).toEqual([false, false])
    expect(await use(DENY, { token, totp: await app.next() })).toBe('400 link_invalid')
    await person(service).ask('POST /password-resets', { email: owner.email })
    expect((await mails.to(owner.email)).at(-1)).toMatchObject({ template: 'paused' })
  })
})
