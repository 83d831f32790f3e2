import { rmSync } from 'node:fs'
import type { BearerSessionView } from '@keyhaven/core/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { addApp, codesOf } from '@keyhaven/stage/http/authenticator-app'
import { bearer, codeOf, newPerson, password, send } from '@keyhaven/stage/http/person'
import type { Call } from '@keyhaven/stage/http/person'
import { mailQueue, unreachable } from '@keyhaven/stage/databases/queued-mails'
import type { MailQueue } from '@keyhaven/stage/databases/queued-mails'
import { setCookies } from '@keyhaven/stage/http/set-cookies'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'
import { addPasskey, authenticatorAt } from '@keyhaven/stage/webauthn/passkeys'

const APP = 'capacitor://localhost'
const PARTNER = 'https://partner.example'

const data = newFolder()
let service: Service
/** Another process on the same database, which demands a second factor. */
let strict: Service
let database: string
let mails: MailQueue

beforeAll(async () => {
  database = await databaseIn(data)
  mails = mailQueue(data, database)
  const options = {
    environment: { NODE_ENV: 'test', ...unreachable },
    nativeOrigins: [APP, 'https://localhost'],
    bearerOrigins: [PARTNER],
    emailSignIn: 'on',
    emailVerification: 'on',
  } as const
  service = await serve(data, options)
  strict = await serve(data, { ...options, secondFactor: 'required' })
})
afterAll(async () => {
  await service?.close()
  await strict?.close()
  rmSync(data, { recursive: true })
})

/** A call from an app, or from a page of this origin. */
const from = (
  call: string,
  body?: unknown,
  headers: Call['headers'] = { origin: APP },
): Promise<Response> => send(service, call, { body, headers })

const tokensOf = async (answer: Response): Promise<BearerSessionView> => {
  expect(setCookies(answer)).toEqual([])
  expect(answer.status).toBe(201)
  return (await answer.json()) as BearerSessionView
}

const attemptOf = async (answer: Response): Promise<string> => {
  expect(setCookies(answer)).toEqual([])
  const { attempt } = (await answer.json()) as { attempt: string }
  expect(attempt).toMatch(/^[\w-]{43}$/)
  return attempt
}

const native = { transport: 'bearer' } as const

const onPhone = async (email: string, more: object = {}): Promise<BearerSessionView> =>
  tokensOf(await from('POST /sessions', { login: email, password, ...native, ...more }))

const payloadOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >

describe('a sign-in with transport: "bearer" (H25, R68, P10, P19)', () => {
  it('answers apps, pages of listed sites and callers without an origin with tokens, and sets no cookie', async () => {
    const owner = await newPerson(service)
    const login = { login: owner.email, password, device: 'Ann’s phone', ...native }
    for (const origin of [APP, 'https://localhost', PARTNER, undefined]) {
      // The cookies of a browser beside it count for nothing: its session stays
      const headers = { origin, cookie: owner.cookie }
      const answer = await from('POST /sessions', login, headers)
      const cors = answer.headers.get('access-control-allow-origin')
      expect(cors).toBe(origin ?? null)
      expect(answer.headers.has('access-control-allow-credentials')).toBe(false)
      const view = await tokensOf(answer)
      expect(view).not.toHaveProperty('xsrfToken')
      expect(view.refreshToken).toMatch(/^khr_[\w-]{70}$/)
      const { client_id, aud, xsrf, sid } = payloadOf(view.accessToken)
      expect({ client_id, xsrf, sid }).toEqual({ client_id: 'native', sid: view.session.id })
      expect(aud).toEqual(payloadOf(owner.token)['aud'])
    }
    expect((await owner.ask('GET /user/current')).status).toBe(200)
    const [item] = await rowsIn(database, 'select count(*) as count from devices')
    expect(Number(item?.['count'])).toBe(1)
  })
  it('refuses every other page, also an own one, and changes nothing without the member', async () => {
    const owner = await newPerson(service)
    const login = { login: owner.email, password }
    for (const origin of ['https://evil.example', new URL(service.issuer).origin, 'null']) {
      const refused = await from('POST /sessions', { ...login, ...native }, { origin })
      expect(await codeOf(refused), origin).toBe('403 credential_not_allowed')
      expect(setCookies(refused)).toEqual([])
    }
    // A browser that hides the origin still says that a page calls
    const hidden = { origin: undefined, 'sec-fetch-site': 'cross-site' }
    const page = await from('POST /sessions', { ...login, ...native }, hidden)
    expect(await codeOf(page)).toBe('403 credential_not_allowed')
    for (const origin of [APP, PARTNER, undefined]) {
      expect(await codeOf(await from('POST /sessions', login, { origin }))).toBe('403 csrf_failed')
      const reset = await from('POST /password-resets', { email: owner.email }, { origin })
      expect(await codeOf(reset)).toBe('403 csrf_failed')
    }
    const broken = await from('POST /sessions', { unknown: 1 }, { origin: 'https://evil.example' })
    expect(await codeOf(broken)).toBe('403 csrf_failed')
    expect(await codeOf(await from('POST /sessions', { ...login, transport: 'cookie' }))).toBe(
      '400 invalid_request',
    )
  })
  it('lets an app call without credentials mode, and ignores cookies beside its origin', async () => {
    const owner = await newPerson(service)
    const preflight = await send(service, 'OPTIONS /user/current', {
      headers: {
        origin: APP,
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization',
      },
    })
    expect(preflight.headers.get('access-control-allow-origin')).toBe(APP)
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization')
    expect(preflight.headers.has('access-control-allow-credentials')).toBe(false)
    const byCookie = await from('GET /user/current', undefined, {
      origin: APP,
      cookie: owner.cookie,
    })
    expect(await codeOf(byCookie)).toBe('401 not_signed_in')
    const signOut = { origin: APP, ...owner.headers }
    expect((await from('DELETE /sessions/current', undefined, signOut)).status).toBe(204)
    expect((await owner.ask('GET /user/current')).status).toBe(200)
    const metadata = await send(service, 'GET /.well-known/oauth-authorization-server')
    expect(await metadata.json()).toMatchObject({
      keyhaven_origins: [],
      keyhaven_bearer_origins: [APP, 'https://localhost', PARTNER],
    })
  })
  it('is a person: it reads its session, steps up, changes the password, and ends by itself or by another device', async () => {
    const owner = await newPerson(service)
    const phone = await onPhone(owner.email, { device: 'phone' })
    const by = (token: string) => ({ origin: APP, ...bearer(token) })
    const current = await from('GET /user/current', undefined, by(phone.accessToken))
    const view = (await current.json()) as Record<string, unknown>
    expect(view).toMatchObject({ session: { id: phone.session.id }, account: { id: owner.id } })
    expect(view).not.toHaveProperty('xsrfToken')
    const list = await from('GET /sessions', undefined, by(phone.accessToken))
    const { items } = (await list.json()) as { items: object[] }
    expect(items).toContainEqual(
      expect.objectContaining({ client: 'native', device: 'phone', current: true }),
    )
    expect(items).toContainEqual(expect.objectContaining({ client: 'web', current: false }))
    const aged = `update sessions set auth_time = auth_time - 3600000 where credential_id = '${phone.session.id}'`
    await changeIn(database, aged)
    const stepped = await from(
      'POST /sessions/current/step-up',
      { password },
      by(phone.accessToken),
    )
    expect(setCookies(stepped)).toEqual([])
    const { accessToken } = (await stepped.json()) as BearerSessionView
    expect(payloadOf(accessToken)['auth_time']).toBeGreaterThan(Math.floor(Date.now() / 1000) - 600)
    const next = 'another correct horse'
    const change = { current: password, password: next }
    const changed = await from(`PUT /accounts/${owner.id}/password`, change, by(accessToken))
    expect(changed.status).toBe(204)
    expect(setCookies(changed)).toEqual([])
    expect(await codeOf(await owner.ask('GET /user/current'))).toBe('401 session_ended')
    expect(await codeOf(await from('GET /sessions', undefined, by(accessToken)))).toMatch(/^401/)
  })
})

describe('an attempt of an app (H3, H37)', () => {
  it('is a member: the second factor completes the sign-in with it, and no page’s cookie does', async () => {
    const owner = await newPerson(service)
    const app = await addApp(owner, database)
    const login = { login: owner.email, password, ...native }
    const due = await from('POST /sessions', login)
    expect(due.status).toBe(401)
    const attempt = await attemptOf(due)
    const refusals: readonly (readonly [object, string | undefined, string])[] = [
      [{ attempt }, new URL(service.issuer).origin, '403 credential_not_allowed'],
      [{ attempt }, 'https://evil.example', '403 credential_not_allowed'],
      [{ attempt: 'x'.repeat(43) }, APP, '401 attempt_over'],
      [{ attempt: 'short' }, APP, '400 invalid_request'],
      [native, APP, '401 attempt_over'],
    ]
    for (const [more, origin, code] of refusals) {
      const body = { recoveryCode: app.recoveryCodes[0], ...more }
      const answer = await from('POST /sessions/second-factor', body, { origin })
      expect(await codeOf(answer)).toBe(code)
    }
    const body = { recoveryCode: app.recoveryCodes[0], attempt }
    const view = await tokensOf(await from('POST /sessions/second-factor', body))
    expect(payloadOf(view.accessToken)['amr']).toEqual(['pwd', 'recovery', 'mfa'])
    const again = { recoveryCode: app.recoveryCodes[1], attempt }
    expect(await codeOf(await from('POST /sessions/second-factor', again))).toBe('401 attempt_over')
  })
})

describe('every other way in (H3)', () => {
  it('signs up with a confirmed address', async () => {
    const email = 'app-sign-up@example.com'
    const begun = await from('POST /accounts', { email, password, ...native })
    expect(begun.status).toBe(202)
    const attempt = await attemptOf(begun)
    const { code } = await mails.link(email)
    expect(await codeOf(await from('POST /email-verifications/confirm', { code, ...native }))).toBe(
      '400 link_invalid',
    )
    const confirm = await from('POST /email-verifications/confirm', { code, attempt })
    expect((await tokensOf(confirm)).account.email).toBe(email)
  })
  it('signs in by mail, and by passkey', async () => {
    const owner = await newPerson(service)
    const { email } = owner
    const asked = await from('POST /sessions/email', { email, ...native })
    expect(asked.status).toBe(202)
    const mailed = await attemptOf(asked)
    const { code } = await mails.link(email)
    const confirmed = await from('POST /sessions/email/confirm', { code, attempt: mailed })
    expect((await tokensOf(confirmed)).session.amr).toEqual(['mail'])

    const phone = authenticatorAt(service)
    await addPasskey(owner, phone)
    // The code of an app names no origin
    const asProgram = { origin: undefined }
    const begun = await from('POST /sessions/passkey/options', { ...native }, asProgram)
    const options = (await begun.json()) as { readonly attempt: string }
    const { attempt } = options
    const response = phone.get(options)
    const without = await from('POST /sessions/passkey', { response, ...native }, asProgram)
    expect(await codeOf(without)).toBe('401 attempt_over')
    const done = await from('POST /sessions/passkey', { response, attempt }, asProgram)
    expect((await tokensOf(done)).session.amr).toContain('pop')
  })
  it('begins a passkey as the second factor, and sets up an app in the sign-in that demands one', async () => {
    const owner = await newPerson(service)
    const phone = authenticatorAt(service)
    await addPasskey(owner, phone)
    const login = { login: owner.email, password, ...native }
    const attempt = await attemptOf(await from('POST /sessions', login))
    const begun = await from('POST /sessions/second-factor/options', { attempt })
    const passkey = phone.get(await begun.json())
    const done = await from('POST /sessions/second-factor', { passkey, attempt })
    expect((await tokensOf(done)).session.amr).toContain('mfa')
  })
  it('sets up an app in the sign-in that demands a second factor, after a code by mail', async () => {
    const email = 'app-staff@example.com'
    await service.keyhaven.accounts.create({ email, password })
    const at = (call: string, body: object): Promise<Response> =>
      send(strict, call, { body, headers: { origin: APP } })
    const due = await at('POST /sessions', { login: email, password, ...native })
    const attempt = await attemptOf(due)
    const enrol = 'POST /sessions/second-factor/enrol/totp'
    // An app has no device cookie, so its user always proves that they read the mails of the account
    expect(await codeOf(await at(enrol, { attempt }))).toBe('401 mail_code_required')
    const [mail] = (await mails.to(email)).slice(-1)
    const begun = await at(enrol, { attempt, mailCode: String(mail?.values['code']) })
    const { id, secret } = (await begun.json()) as { id: string; secret: string }
    const code = codesOf(secret)()
    const done = await at(`${enrol}/${id}/confirm`, { code, attempt })
    const view = await tokensOf(done)
    expect(view).toMatchObject({ recoveryCodes: expect.any(Array) as unknown })
  })
})
