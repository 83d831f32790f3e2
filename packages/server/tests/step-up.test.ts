import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeIn, changing, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { bearer, codeOf, newPerson, password, send, signIn } from '@keyhaven/stage/http/person'
import { addApp } from '@keyhaven/stage/http/authenticator-app'
import { metricsIn } from '@keyhaven/stage/http/metrics'
import { setCookies } from '@keyhaven/stage/http/set-cookies'
import { until } from '@keyhaven/stage/processes/process'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import { doses } from '../../../tests/doses.ts'
import type { SessionView } from '@keyhaven/core/wire'
import type { Person } from '@keyhaven/stage/http/person'
import type { Service } from '@keyhaven/stage/processes/served'

const STEP_UP = 'POST /sessions/current/step-up'
/** The seconds of the default, and a time just above them in milliseconds. */
const MAX_AGE = 600
const STALE = MAX_AGE * 1000 + 1000

const data = newFolder()
let service: Service
let database: string

beforeAll(async () => {
  database = await databaseIn(data)
  service = await serve(data)
})
afterAll(async () => {
  await service?.close()
  rmSync(data, { recursive: true })
})

/** Makes the last proof of identity of a session older, as if its user had signed in that long ago. */
async function age(person: Person, milliseconds = STALE, place = database): Promise<Person> {
  const where = `where credential_id = '${person.session}'`
  await changeIn(place, `update sessions set auth_time = auth_time - ${milliseconds} ${where}`)
  return person
}

const stale = async (...roles: string[]): Promise<Person> => age(await newPerson(service, ...roles))

const stepUp = (person: Person, given = password): Promise<Response> =>
  person.ask(STEP_UP, { password: given })

/** A call that a fresh administrator may make, and that changes nothing. */
const probe = (): string => 'DELETE /tokens/none'

async function actions(person: Person): Promise<readonly string[]> {
  const sql = `select action from audit where account_id = '${person.id}' and action like '%step%' order by id`
  return (await rowsIn(database, sql)).map(({ action }) => String(action))
}

function claimsOf(token: string): { auth_time: number } {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
    auth_time: number
  }
}

interface Operation {
  readonly description: string
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
  readonly 'x-fresh'?: unknown
}

/** Calls of a user's scope that change something, with ids that nothing has. */
async function changes(): Promise<readonly (Operation & { readonly call: string })[]> {
  const { paths } = (await (await send(service, 'GET /openapi.json')).json()) as {
    paths: Record<string, Record<string, Operation>>
  }
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method, { security }]) => {
        const scopes = security.flatMap((way) => Object.values(way).flat())
        return method !== 'get' && scopes.some((scope) => scope.startsWith('keyhaven:'))
      })
      .map(([method, one]) => ({
        ...one,
        call: `${method.toUpperCase()} ${path.replace(/\{\w+\}/g, 'none')}`,
      })),
  )
}

/** The bodies of calls that need one. */
const bodies: Readonly<Record<string, object>> = {
  'POST /keys': { emergency: true },
  'POST /accounts/none/password-reset': { reason: 'a test' },
}

describe('a call that needs a fresh proof of identity (SES-6)', () => {
  it('is every call of administration that changes something, and its refusal names the age (RFC 9470)', async () => {
    const admin = await stale('admin')
    const all = await changes()
    expect(all.length).toBeGreaterThan(4)
    for (const { call, description, 'x-fresh': fresh } of all) {
      expect(fresh, call).toBe(true)
      expect(description, call).toMatch(/ Needs a fresh proof of identity\.$/)
      const refused = await admin.ask(call, bodies[call])
      expect(refused.status, call).toBe(401)
      expect(refused.headers.get('www-authenticate')).toBe(
        `Bearer error="insufficient_user_authentication", max_age="${MAX_AGE}"`,
      )
      expect(await refused.json()).toMatchObject({ code: 'step_up_required', max_age: MAX_AGE })
    }
    expect((await stepUp(admin)).status).toBe(200)
    for (const { call } of all) {
      // The emergency would end the other tests' sessions
      if (call === 'POST /keys') continue
      const { status } = await admin.ask(call)
      expect([204, 400, 404], call).toContain(status)
    }
  })
  it('does not rotate keys in an emergency for a stolen session that is not fresh', async () => {
    const admin = await stale('admin')
    const keys = async (): Promise<number> =>
      (await rowsIn(database, 'select kid from signing_keys')).length
    const before = await keys()
    expect((await admin.ask('POST /keys', { emergency: true })).status).toBe(401)
    expect(await keys()).toBe(before)
  })
  it('is 403 for a user without the scope, whatever the age of their proof (H7)', async () => {
    const person = await stale()
    for (const { call } of await changes()) {
      expect(await codeOf(await person.ask(call)), call).toBe('403 insufficient_scope')
    }
    const other = await newPerson(service)
    const lock = { status: 'locked', reason: 'a test' }
    const locked = await person.ask(`PATCH /accounts/${other.id}`, lock)
    expect(await codeOf(locked)).toBe('403 insufficient_scope')
    const changed = await person.ask(`PATCH /accounts/${other.id}`, { name: 'Mallory' })
    expect(await codeOf(changed)).toBe('404 not_found')
    const ended = await person.ask(`DELETE /sessions/${other.session}`)
    expect(await codeOf(ended)).toBe('404 not_found')
  })
  it('is 403 for support that acts on an administrator, who lacks no proof but a right (H7, H21)', async () => {
    const support = await stale('support')
    const admin = await newPerson(service, 'admin')
    const lock = { status: 'locked', reason: 'a test' }
    for (const [call, body] of [
      [`PATCH /accounts/${admin.id}`, lock],
      [`DELETE /accounts/${admin.id}/sessions`],
      [`DELETE /sessions/${admin.session}`],
    ] as const) {
      expect(await codeOf(await support.ask(call, body)), call).toBe('403 insufficient_scope')
    }
    const other = await newPerson(service)
    const allowed = await support.ask(`PATCH /accounts/${other.id}`, lock)
    expect(await codeOf(allowed)).toBe('401 step_up_required')
  })
  it('is a lock and a change of another account, and neither a read nor one’s own profile', async () => {
    const admin = await stale('admin')
    const other = await newPerson(service)
    for (const read of [
      '/accounts',
      '/audit',
      '/keys',
      '/tokens',
      `/accounts/${other.id}/sessions`,
    ]) {
      expect((await admin.ask(`GET ${read}`)).status, read).toBe(200)
    }
    expect((await admin.ask(`PATCH /accounts/${admin.id}`, { name: 'Ada' })).status).toBe(200)
    for (const body of [{ status: 'locked', reason: 'a test' }, { name: 'Bob' }]) {
      const call = `PATCH /accounts/${other.id}`
      expect(await codeOf(await admin.ask(call, body))).toBe('401 step_up_required')
    }
    await stepUp(admin)
    const lock = { status: 'locked', reason: 'a test' }
    expect((await admin.ask(`PATCH /accounts/${other.id}`, lock)).status).toBe(200)
  })
  it('is the end of another’s session and of everything, and no sign-out of one’s own devices (H36)', async () => {
    const admin = await stale('admin')
    const other = await newPerson(service)
    const foreign = `DELETE /sessions/${other.session}`
    expect(await codeOf(await admin.ask(foreign))).toBe('401 step_up_required')
    expect(await codeOf(await admin.ask('DELETE /sessions/none'))).toBe('404 not_found')
    const second = await signIn(service, admin.email)
    expect((await admin.ask(`DELETE /sessions/${second.session}`)).status).toBe(204)
    expect((await admin.ask('DELETE /sessions')).status).toBe(204)
    const everything = 'DELETE /sessions?everything=true'
    expect(await codeOf(await admin.ask(everything))).toBe('401 step_up_required')
    expect(await codeOf(await admin.ask('DELETE /sessions?everything=no'))).toBe(
      '400 invalid_request',
    )
    await stepUp(admin)
    expect((await admin.ask(everything)).status).toBe(204)
    expect((await send(service, 'GET /user/current', { person: admin })).status).toBe(401)
  })
  it('is no change of the password, whose current password is a proof of its own', async () => {
    const person = await stale()
    const body = { current: password, password: 'another correct horse' }
    expect((await person.ask(`PUT /accounts/${person.id}/password`, body)).status).toBe(204)
  })
  it('is a change of the password of a user with a second factor, proved by that factor', async () => {
    const person = await newPerson(service)
    const change = (body: object): Promise<Response> =>
      person.ask(`PUT /accounts/${person.id}/password`, body)
    const body = { current: password, password: 'another correct horse' }
    const missing = await change({ password })
    expect(await missing.json()).toMatchObject({ errors: [{ path: 'current' }] })
    const app = await addApp(person, database)
    // Fresh, but not by the factor
    expect(await codeOf(await change(body))).toBe('401 step_up_required')
    await person.ask(STEP_UP, { totp: await app.next() })
    await age(person)
    expect(await codeOf(await change(body))).toBe('401 step_up_required')
    await person.ask(STEP_UP, { totp: await app.next() })
    const wrong = { ...body, current: 'wrong password' }
    expect(await codeOf(await change(wrong))).toBe('401 invalid_credentials')
    expect((await change({ password: body.password })).status).toBe(204)
  })
  it('is refused before its work, and after what is wrong with the call itself', async () => {
    const admin = await stale('admin')
    const unknown = await admin.ask('POST /keys', { emergncy: true })
    expect(await codeOf(unknown)).toBe('400 invalid_request')
    const forged = await admin.ask('POST /keys', {}, { 'x-xsrf-token': 'forged' })
    expect(await codeOf(forged)).toBe('403 csrf_failed')
  })
  it.each([
    ['no proof', 'auth_time = 0'],
    ['a proof of the future, from a clock that was wrong', `auth_time = auth_time + ${STALE}`],
  ])('is refused to a session with %s', async (_what, change) => {
    const admin = await newPerson(service, 'admin')
    await changeIn(
      database,
      `update sessions set ${change} where credential_id = '${admin.session}'`,
    )
    expect(await codeOf(await admin.ask(probe()))).toBe('401 step_up_required')
    await stepUp(admin)
    expect((await admin.ask(probe())).status).toBe(404)
  })
})

/** Sets the time of the last proof of a session. */
const setProof = (person: Person, time: number): Promise<void> =>
  changeIn(
    database,
    `update sessions set auth_time = ${time} where credential_id = '${person.session}'`,
  )

describe('a token that names no proof of identity', () => {
  it('is never fresh, as bearer and as cookie, whatever its session has proved (H17)', async () => {
    const admin = await newPerson(service, 'admin')
    await setProof(admin, 0)
    admin.cookies.delete('keyhaven')
    await admin.ask('GET /user/current')
    expect(claimsOf(admin.token).auth_time).toBe(0)
    expect(await (await admin.ask('GET /user/current')).json()).toMatchObject({
      session: { authTime: null },
    })
    expect(await (await admin.ask('GET /sessions')).json()).toMatchObject({
      items: [{ authTime: null }],
    })
    await setProof(admin, Date.now())
    const byToken = await send(service, probe(), { headers: bearer(admin.token) })
    expect(await codeOf(byToken)).toBe('401 step_up_required')
    expect(await codeOf(await admin.ask(probe()))).toBe('401 step_up_required')
    await stepUp(admin)
    expect((await admin.ask(probe())).status).toBe(404)
  })
})

describe('POST /sessions/current/step-up (SES-6)', () => {
  it('makes the session fresh: a new cookie and token, the same session, now as the time of the proof', async () => {
    const person = await stale('admin')
    const before = new Map(person.cookies)
    const former = { headers: person.headers }
    const began = Math.floor(Date.now() / 1000)
    const answer = await stepUp(person)
    expect(answer.status).toBe(200)
    const { session, xsrfToken } = (await answer.json()) as SessionView
    expect(session.id).toBe(person.session)
    expect(xsrfToken).toBe(person.view.xsrfToken)
    expect(Math.floor(Date.parse(session.authTime ?? '') / 1000)).toBeGreaterThanOrEqual(began)
    expect(claimsOf(person.token).auth_time).toBe(
      Math.floor(Date.parse(session.authTime ?? '') / 1000),
    )
    for (const name of ['keyhaven', 'keyhaven-session']) {
      expect(person.cookies.get(name), name).not.toBe(before.get(name))
    }
    expect((await person.ask(probe())).status).toBe(404)
    // A copy of the former session cookie opens nothing; requests under way have their token
    const copied = `keyhaven-session=${before.get('keyhaven-session')}`
    const headers = { ...former.headers, cookie: copied }
    const refused = await send(service, 'GET /user/current', { headers })
    expect(await codeOf(refused)).toBe('401 token_invalid')
    const token = bearer(before.get('keyhaven') ?? '')
    expect((await send(service, 'GET /user/current', { headers: token })).status).toBe(200)
    expect(await actions(person)).toEqual(['session.stepped_up'])
  })
  it('is also answered with the next token, and not with one that was renewed before', async () => {
    const person = await stale()
    person.cookies.delete('keyhaven')
    // Requests of the next five seconds share this token
    expect((await person.ask('GET /user/current')).status).toBe(200)
    const former = claimsOf(person.token).auth_time
    await stepUp(person)
    const stepped = claimsOf(person.token).auth_time
    expect(stepped - former).toBeGreaterThanOrEqual(MAX_AGE)
    person.cookies.delete('keyhaven')
    await person.ask('GET /user/current')
    expect(claimsOf(person.token).auth_time).toBe(stepped)
  })
  it('is 401 for a wrong password, which is recorded, and changes nothing', async () => {
    const person = await stale('admin')
    const cookies = person.cookie
    for (let tries = 0; tries < 3; tries++) {
      const wrong = await stepUp(person, 'wrong password')
      expect(wrong.headers.get('www-authenticate')).toBe('Bearer')
      expect(await codeOf(wrong)).toBe('401 invalid_credentials')
    }
    expect(person.cookie).toBe(cookies)
    expect(await codeOf(await person.ask(probe()))).toBe('401 step_up_required')
    expect((await stepUp(person)).status).toBe(200)
    const failed = Array.from({ length: 3 }, () => 'session.step_up_failed')
    expect(await actions(person)).toEqual([...failed, 'session.stepped_up'])
  })
  it('is 403 for a right password that must be changed, and proves nothing', async () => {
    const person = await stale('admin')
    await changeIn(database, `update accounts set must_reset = 1 where id = '${person.id}'`)
    expect(await codeOf(await stepUp(person))).toBe('403 password_change_required')
    expect(await codeOf(await person.ask(probe()))).toBe('401 step_up_required')
    expect(await actions(person)).toEqual(['session.step_up_failed'])
  })
  it('is by a second factor for a user who has one, and never by password (V6, H15)', async () => {
    const person = await newPerson(service, 'admin')
    const app = await addApp(person, database)
    await age(person)
    const refused = await stepUp(person)
    expect(refused.status).toBe(401)
    expect(await refused.json()).toMatchObject({
      code: 'second_factor_required',
      factors: ['totp', 'recovery_code'],
    })
    expect(setCookies(refused)).toEqual([])
    const wrong = await person.ask(STEP_UP, { totp: '000000' })
    expect(await codeOf(wrong)).toBe('401 invalid_credentials')
    const both = { password, totp: await app.next() }
    expect((await person.ask(STEP_UP, both)).status).toBe(400)
    const options = await person.ask(`${STEP_UP}/options`, {})
    expect(await codeOf(options)).toBe('404 not_found')
    const before = person.cookie
    const stepped = await person.ask(STEP_UP, { totp: await app.next() })
    expect(await stepped.json()).toMatchObject({ session: { amr: ['pwd', 'otp', 'mfa'] } })
    expect(person.cookie).not.toBe(before)
    expect((await person.ask(probe())).status).toBe(404)
    await age(person)
    const [recoveryCode] = app.recoveryCodes
    const answers = await Promise.all([1, 2].map(() => person.ask(STEP_UP, { recoveryCode })))
    expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(['200', '401'])
    expect(await actions(person)).toEqual([
      'session.step_up_failed',
      'session.stepped_up',
      'session.stepped_up',
    ])
  })
  it('makes no copy of a token fresh that was taken before it', async () => {
    const admin = await stale('admin')
    expect((await admin.ask('POST /sessions/current/renew')).status).toBe(200)
    const { token } = admin
    const copy = (): Promise<Response> => send(service, probe(), { headers: bearer(token) })
    expect(await codeOf(await copy())).toBe('401 step_up_required')
    expect((await stepUp(admin)).status).toBe(200)
    expect(await codeOf(await copy())).toBe('401 step_up_required')
    expect((await admin.ask(probe())).status).toBe(404)
  })

  it('counts wrong passwords over all sessions of the account, ten in 15 minutes (H15)', async () => {
    const person = await stale()
    const second = await age(await signIn(service, person.email))
    for (let tries = 0; tries < 10; tries++) {
      expect((await stepUp(tries % 2 ? person : second, 'wrong password')).status).toBe(401)
    }
    const limited = await stepUp(person)
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(800)
    expect(await codeOf(limited)).toBe('429 rate_limited')
    // A sign-in has counts of its own, and is a proof too
    expect((await signIn(service, person.email)).session).not.toBe(person.session)
  })
  it('is not slowed by strangers who guess at the sign-in of the account', async () => {
    const person = await stale()
    const guess = { login: person.email, password: 'wrong password' }
    const guesses = Array.from({ length: 12 }, () =>
      send(service, 'POST /sessions', { body: guess }),
    )
    expect((await Promise.all(guesses)).map(({ status }) => status)).toContain(429)
    expect((await stepUp(person)).status).toBe(200)
  })
  it('accepts only a session of a user, from a page of its own with the XSRF token (CSRF-3)', async () => {
    const person = await stale()
    const body = { password }
    expect(await codeOf(await send(service, STEP_UP, { body }))).toBe('401 not_signed_in')
    const foreign = { origin: 'https://evil.example' }
    expect(await codeOf(await person.ask(STEP_UP, body, foreign))).toBe('403 csrf_failed')
    const forged = { 'x-xsrf-token': 'forged' }
    expect(await codeOf(await person.ask(STEP_UP, body, forged))).toBe('403 csrf_failed')
    for (const wrong of [
      {},
      { password: 1 },
      { password, elevate: 1 },
      { password: 'x'.repeat(5000) },
    ]) {
      expect((await person.ask(STEP_UP, wrong)).status).toBe(400)
    }
    expect(await actions(person)).toEqual([])
  })
  it('leaves the browser its cookies if it comes with a bearer token of the session', async () => {
    const person = await stale('admin')
    const headers = bearer(person.token)
    const answer = await send(service, STEP_UP, { body: { password }, headers })
    expect(answer.status).toBe(200)
    expect(setCookies(answer)).toEqual([])
    expect((await send(service, probe(), { headers })).status).toBe(404)
    expect((await person.ask('GET /user/current')).status).toBe(200)
  })
  it('notifies open pages of the account, whose next token is fresh too', async () => {
    const person = await newPerson(service)
    const stream = await fetch(`${service.address}/sessions/current/events`, {
      headers: { cookie: person.cookie },
    })
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    while (!text.includes('listening')) text += (await reader?.read())?.value ?? ''
    await stepUp(person)
    while (!text.includes('event: changed')) text += (await reader?.read())?.value ?? ''
    await reader?.cancel()
  })
  it('lets one of several at once win; the others are refused, and the session stays', async () => {
    for (let round = 0; round < Math.ceil(doses.raceRounds / 2); round++) {
      const person = await stale('admin')
      const answers = await Promise.all([1, 2, 3].map(() => stepUp(person)))
      const refused = answers.filter(({ status }) => status !== 200)
      expect(refused).toHaveLength(2)
      for (const one of refused) expect(await codeOf(one)).toBe('401 token_invalid')
      expect((await person.ask(probe())).status).toBe(404)
    }
  })
  it('gives nothing to a session whose account is locked meanwhile', async () => {
    for (let round = 0; round < doses.raceRounds; round++) {
      const person = await stale()
      const [stepped] = await Promise.all([
        stepUp(person),
        service.keyhaven.accounts.lock(person.id, 'a test'),
      ])
      expect([200, 401]).toContain(stepped.status)
      expect((await person.ask('GET /user/current')).status).toBe(401)
      await service.keyhaven.accounts.unlock(person.id)
      expect((await person.ask('GET /user/current')).status).toBe(401)
    }
  })
  it('is 503, and not 401, if the database fails, and the right password is not counted', async () => {
    const person = await stale('admin')
    const letGo = await changing(database, 'update accounts set name = name')
    try {
      expect((await stepUp(person)).status).toBe(503)
    } finally {
      await letGo()
    }
    await until('the database answers again', async () => (await stepUp(person)).status === 200)
  })
  it('is counted by outcome, for operators', async () => {
    const key = await service.keyhaven.guards.add('step-up-metrics')
    const count = async (outcome: string): Promise<number> => {
      const answer = await send(service, 'GET /metrics', { headers: bearer(key) })
      const samples = metricsIn(await answer.text()).get('keyhaven_step_ups_total')?.samples
      return samples?.get(`keyhaven_step_ups_total{outcome="${outcome}"}`) ?? 0
    }
    const outcomes = ['stepped_up', 'invalid_credentials']
    const before = await Promise.all(outcomes.map(count))
    const person = await stale()
    await stepUp(person, 'wrong password')
    await stepUp(person)
    expect(await Promise.all(outcomes.map(count))).toEqual(before.map((one) => one + 1))
  })
})

describe('a service without access cookies, whose operator sets 20 minutes', () => {
  const other = newFolder()
  let opaque: Service
  beforeAll(async () => {
    opaque = await serve(other, { mode: 'opaque', stepUp: '20m' })
  })
  afterAll(async () => {
    await opaque?.close()
    rmSync(other, { recursive: true })
  })
  it('requires a proof after that time, and renews the session cookie only (SES-6)', async () => {
    const admin = await newPerson(opaque, 'admin')
    const place = await databaseIn(other)
    await age(admin, STALE, place)
    expect((await admin.ask(probe())).status).toBe(404)
    await age(admin, STALE, place)
    const refused = await admin.ask(probe())
    expect(await refused.json()).toMatchObject({ code: 'step_up_required', max_age: 1200 })
    const before = admin.cookie
    expect((await stepUp(admin)).status).toBe(200)
    expect(admin.cookie).not.toBe(before)
    expect(admin.token).toBe('')
    expect((await admin.ask(probe())).status).toBe(404)
  })
})
