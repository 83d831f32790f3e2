import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkAccessToken, createKeySet } from '@keyhaven/core'
import { defineAccess } from '@keyhaven/core/access'
import type { SessionView } from '@keyhaven/core/wire'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { contentsOf, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { createKeyhaven } from '@keyhaven/server'
import { testLog } from '@keyhaven/stage/processes/log'
import type { Keyhaven, KeyhavenOptions } from '@keyhaven/server'
import { password, person, send } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'
import { cookieAfter, setCookies } from '@keyhaven/stage/http/set-cookies'

const access = defineAccess({
  scopes: ['notes:read', 'notes:write'],
  roles: { member: ['notes:read'], editor: ['notes:*'] },
  defaultRoles: ['member'],
})
const folders: string[] = []
const open: Keyhaven[] = []

async function start(options: Partial<KeyhavenOptions> = {}): Promise<Keyhaven> {
  const data = mkdtempSync(join(tmpdir(), 'keyhaven-'))
  folders.push(data)
  const keyhaven = await createKeyhaven({
    data,
    database: await databaseIn(String(options.data ?? data)),
    access,
    environment: { NODE_ENV: 'test' },
    folder: data,
    log: testLog(),
    ...options,
  })
  open.push(keyhaven)
  return keyhaven
}

afterAll(async () => {
  await Promise.all(open.map((one) => one.close()))
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** The access token that a browser holds, taken apart. */
function tokenIn(cookies: ReadonlyMap<string, string>) {
  const parts = (cookies.get('keyhaven') ?? '').split('.')
  const [header = '', text = ''] = parts.map((part) => Buffer.from(part, 'base64url').toString())
  return {
    text,
    header: JSON.parse(header) as unknown,
    claims: JSON.parse(text) as Record<string, unknown>,
  }
}

async function codeOf(response: Response): Promise<string> {
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  return `${response.status} ${((await response.json()) as { code: string }).code}`
}

describe('createKeyhaven', () => {
  let keyhaven: Keyhaven
  beforeAll(async () => {
    keyhaven = await start()
  })
  const browser = (): Person => person(keyhaven)

  describe('POST /accounts', () => {
    it('signs up, signs in, and returns everything that the page needs', async () => {
      const { view, cookies } = await browser().signUp({ name: 'Mira', profile: { city: 'Graz' } })
      expect(view.account).toMatchObject({ name: 'Mira', status: 'active', emailVerified: false })
      expect(view.account.href).toBe(`${keyhaven.issuer}/accounts/${view.account.id}`)
      expect(view.claims.sub).toBe(view.account.href)
      expect(view).toMatchObject({ scope: ['notes:read'], roles: ['member'] })
      expect(view.session).toMatchObject({
        expiresIn: 600,
        renewIn: 400,
        idleExpiresIn: 28_800,
        absoluteExpiresIn: 2_592_000,
        amr: ['pwd'],
      })
      expect([...cookies.keys()]).toEqual([
        'keyhaven',
        'keyhaven-session',
        'XSRF-TOKEN',
        'keyhaven-device',
      ])
    })
    it('keeps token, signature, jti and xsrf out of the body (C34, BFF-11)', async () => {
      const { view, cookies } = await browser().signUp()
      const text = JSON.stringify(view)
      const [, , signature = 'none'] = (cookies.get('keyhaven') ?? '').split('.')
      expect(text).not.toContain(signature)
      expect(text).not.toContain(cookies.get('keyhaven-session'))
      expect(view.claims).not.toHaveProperty('jti')
      expect(view.claims).not.toHaveProperty('xsrf')
    })
    it('puts no personal data into the token (C33, CK-10)', async () => {
      const { cookies, view } = await browser().signUp({ name: 'Personal Name' })
      const { text } = tokenIn(cookies)
      expect(text).not.toContain('Personal')
      expect(text).not.toContain(view.account.email)
    })
    it('issues tokens with the type and the claims of RFC 9068, and an id of 128 random bits (AT-1, JOSE-21)', async () => {
      const tokens = [await browser().signUp(), await browser().signUp()].map(({ cookies }) =>
        tokenIn(cookies),
      )
      for (const { header, claims } of tokens) {
        expect(header).toEqual({ alg: 'ES256', kid: expect.any(String), typ: 'at+jwt' })
        expect(claims).toMatchObject({
          iss: keyhaven.issuer,
          sub: expect.stringMatching(/\/accounts\/acc_/),
          aud: expect.arrayContaining([keyhaven.issuer]),
          client_id: 'web',
          exp: Number(claims['iat']) + 600,
          jti: expect.stringMatching(/^[\w-]{22}$/),
          scope: 'notes:read',
          amr: ['pwd'],
        })
      }
      expect(new Set(tokens.map(({ claims }) => claims['jti'])).size).toBe(2)
    })
    it('sends each cookie once and short, with 256 random bits in that of the session (CK-1, SES-1)', async () => {
      const sessions = []
      for (const at of [1, 2]) {
        const body = { email: `short${at}@example.com`, password }
        const cookies = setCookies(await browser().ask('POST /accounts', body))
        const names = cookies.map(({ name }) => name)
        const all = ['keyhaven', 'keyhaven-session', 'XSRF-TOKEN', 'keyhaven-device']
        expect(new Set(names)).toEqual(new Set(all))
        expect(names).toHaveLength(4)
        for (const { name, value } of cookies) {
          expect(`${name}=${value}`.length).toBeLessThan(4096)
          if (name === 'keyhaven-session') sessions.push(value)
        }
      }
      for (const one of sessions) expect(one).toMatch(/^[\w-]{43}$/)
      expect(new Set(sessions).size).toBe(2)
    })
    it('has one account for one address, however it is spelt (P14)', async () => {
      await browser().signUp({ email: 'One.Person@Example.com' })
      for (const email of ['one.person@example.com', 'ONE.PERSON@EXAMPLE.COM']) {
        const again = await browser().ask('POST /accounts', { email, password })
        expect(await codeOf(again)).toBe('409 conflict')
      }
    })
    it('makes one account for fifty sign-ups at once (P18)', async () => {
      const answers = await Promise.all(
        Array.from({ length: 50 }, () =>
          browser().ask('POST /accounts', { email: 'race@example.com', password }),
        ),
      )
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
      expect(answers.filter(({ status }) => status === 409)).toHaveLength(49)
    })
    it.each([
      [{ email: 'nobody', password }, '400 invalid_request'],
      [{ email: 'a b@example.com', password }, '400 invalid_request'],
      [{ email: 'Ａdmin@example.com', password }, '400 invalid_request'],
      [{ email: 'x@example.com' }, '400 invalid_request'],
      [{ email: 'x@example.com', password: 'short' }, '400 weak_password'],
      [{ email: 'x@example.com', password, roles: ['admin'] }, '400 invalid_request'],
      [{ email: 'x@example.com', password, username: 'a@b' }, '400 invalid_request'],
      [{ email: { $ne: '' }, password: ['x'] }, '400 invalid_request'],
    ])('refuses %j', async (body, wanted) => {
      const response = await browser().ask('POST /accounts', body)
      expect(await codeOf(response)).toBe(wanted)
      expect(setCookies(response)).toEqual([])
    })
  })

  describe('POST /sessions', () => {
    const enter = (body: object, headers = {}): Promise<Response> =>
      browser().ask('POST /sessions', body, headers)

    it('signs in by address or user name', async () => {
      const { view } = await browser().signUp({ username: 'mira' })
      for (const login of [view.account.email, 'mira', 'MIRA']) {
        expect((await enter({ login, password })).status).toBe(201)
      }
    })
    it('gives one answer for an unknown account and a wrong password (P01)', async () => {
      const { view } = await browser().signUp()
      const wrong = await enter({ login: view.account.email, password: 'wrong password' })
      const unknown = await enter({ login: 'unknown@example.com', password: 'wrong password' })
      expect(await wrong.json()).toEqual(await unknown.json())
      expect([wrong.status, unknown.status]).toEqual([401, 401])
      expect(wrong.headers.get('www-authenticate')).toBe('Bearer')
    })
    it('names no invalid token to a sign-in that is refused, whatever the request carries (AT-7)', async () => {
      const mine = await browser().signUp()
      await keyhaven.accounts.lock(mine.id, 'test')
      const login = mine.view.account.email
      for (const headers of [
        {},
        { cookie: 'theme=dark' },
        { authorization: 'Basic cHJveHk6c2VjcmV0' },
        { cookie: mine.cookie },
      ]) {
        const response = await enter({ login, password }, headers)
        expect(response.headers.get('www-authenticate'), JSON.stringify(headers)).toBe('Bearer')
        expect(await codeOf(response)).toBe('401 account_locked')
      }
    })
    it('takes passwords that differ only in form of Unicode as one, and nothing else (P13)', async () => {
      const { view } = await browser().signUp({ password: 'caf\u00e9 au lait' })
      const login = view.account.email
      expect((await enter({ login, password: 'cafe\u0301 au lait' })).status).toBe(201)
      expect((await enter({ login, password: 'caf\u00e9 au lait ' })).status).toBe(401)
    })
    it('ends the session that this browser held before (K13, SES-1)', async () => {
      const mine = await browser().signUp()
      const former = mine.cookie
      const body = { login: mine.view.account.email, password }
      expect((await mine.ask('POST /sessions', body)).status).toBe(201)
      const old = await browser().ask('GET /user/current', undefined, { cookie: former })
      expect(await codeOf(old)).toBe('401 session_ended')
      expect((await mine.ask('GET /user/current')).status).toBe(200)
    })
    it('keeps cookies over the browser’s end with "remember me" alone', async () => {
      const mine = await browser().signUp()
      const body = { login: mine.view.account.email, password }
      expect(mine.attributes.get('keyhaven-session')).not.toContain('Max-Age')
      expect(mine.attributes.get('keyhaven')).toContain('Max-Age=600')
      await mine.ask('POST /sessions', { ...body, remember: true })
      expect(mine.attributes.get('keyhaven-session')).toContain('Max-Age=2592000')
      expect(mine.attributes.get('XSRF-TOKEN')).toContain('Max-Age=2592000')
    })
    it.each([
      [{ origin: 'https://evil.example' }, '403 csrf_failed'],
      [{ origin: 'null' }, '403 csrf_failed'],
      [{ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, '403 csrf_failed'],
      [{ 'content-type': 'text/plain' }, '415 unsupported_media_type'],
      [{ 'content-type': 'application/x-www-form-urlencoded' }, '415 unsupported_media_type'],
    ])(
      'refuses a sign-in that another site could send: %j (X18, CSRF-5, CSRF-6)',
      async (headers, wanted) => {
        const { view } = await browser().signUp()
        const response = await enter({ login: view.account.email, password }, headers)
        expect(await codeOf(response)).toBe(wanted)
        expect(setCookies(response)).toEqual([])
      },
    )
    it.each([
      [{ 'content-encoding': 'gzip' }, 'The body is encoded with gzip: send it as it is'],
      [{ 'content-encoding': 'gzip, br' }, 'The body is encoded with another coding: send'],
      [
        { 'content-type': 'application/json; charset=iso-8859-1' },
        'The body is in iso-8859-1: send',
      ],
      [{ 'content-type': 'application/json;a=b; Charset="utf-16"' }, 'The body is in utf-16: send'],
      [{ 'content-type': 'text/json; charset=utf-8' }, 'The body is text/json: send it as app'],
      [{ 'transfer-encoding': 'gzip, chunked' }, 'The body is encoded with gzip: send it'],
      [{ 'content-type': 'a b' }, 'The body is of another type: send it as application/json.'],
    ])(
      'refuses a body that is not what it reads, and says which part: %j (reports F23)',
      async (headers, detail) => {
        const response = await enter({ login: 'a@example.com', password }, headers)
        expect(response.status).toBe(415)
        expect(await response.json()).toMatchObject({
          code: 'unsupported_media_type',
          detail: expect.stringContaining(detail),
        })
      },
    )
    it.each([
      { 'content-encoding': 'identity', 'transfer-encoding': 'chunked' },
      { 'content-type': 'application/json;charset=UTF-8' },
      { 'content-type': 'application/json ; charset="utf8"; v=1' },
    ])('takes %j', async (headers) => {
      const response = await enter({ login: 'a@example.com', password }, headers)
      expect(await codeOf(response)).toBe('401 invalid_credentials')
    })
    it('refuses repeated members and bodies over 64 KiB', async () => {
      const send = (body: string): Promise<Response> =>
        keyhaven.handler(
          new Request(`${keyhaven.issuer}/sessions`, {
            method: 'POST',
            headers: { origin: 'http://localhost:4000', 'content-type': 'application/json' },
            body,
          }),
        )
      expect(await codeOf(await send('{"login":"a","login":"b","password":"c"}'))).toBe(
        '400 invalid_request',
      )
      expect(await codeOf(await send(`{"login":"${'x'.repeat(65_536)}"}`))).toBe(
        '413 payload_too_large',
      )
    })
  })

  describe('GET /user/current', () => {
    it('answers by cookie and by bearer alike, and never stores (AT-8, HTTP-4)', async () => {
      const mine = await browser().signUp()
      const byCookie = await mine.ask('GET /user/current')
      const authorization = `Bearer ${mine.cookies.get('keyhaven')}`
      const byBearer = await browser().ask('GET /user/current', undefined, { authorization })
      for (const { headers } of [byCookie, byBearer])
        expect(headers.get('cache-control')).toBe('no-store')
      expect(setCookies(byCookie)).toEqual([])
      expect(((await byBearer.json()) as SessionView).account).toEqual(
        ((await byCookie.json()) as SessionView).account,
      )
    })
    it('answers 401 without error parameters if no user is signed in (AT-7)', async () => {
      const response = await browser().ask('GET /user/current')
      expect(response.headers.get('www-authenticate')).toBe('Bearer')
      expect(await codeOf(response)).toBe('401 not_signed_in')
    })
    it('renews if the access cookie is missing, bad or of another session', async () => {
      const other = (await browser().signUp()).cookies.get('keyhaven') ?? ''
      for (const access of [undefined, 'x.y.z', other]) {
        const mine = await browser().signUp()
        if (access === undefined) mine.cookies.delete('keyhaven')
        else mine.cookies.set('keyhaven', access)
        const response = await mine.ask('GET /user/current')
        expect(response.status).toBe(200)
        const { account } = (await response.json()) as SessionView
        expect(account.id).toBe(mine.view.account.id)
        expect(mine.cookies.get('keyhaven')).not.toBe(access)
        expect(setCookies(await mine.ask('GET /user/current'))).toEqual([])
      }
    })
    it('corrects the readable XSRF cookie if it was lost or planted', async () => {
      const mine = await browser().signUp()
      mine.cookies.set('XSRF-TOKEN', 'planted')
      mine.cookies.delete('keyhaven')
      await mine.ask('GET /user/current')
      expect(mine.cookies.get('XSRF-TOKEN')).toBe(mine.view.xsrfToken)
    })
    it('gives parallel requests one new token: same jti', async () => {
      const mine = await browser().signUp()
      mine.cookies.delete('keyhaven')
      const cookie = mine.cookie
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => browser().ask('GET /user/current', undefined, { cookie })),
      )
      const ids = answers.map((response) => {
        const [, payload = ''] = cookieAfter(response).split('.')
        return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { jti: string }).jti
      })
      expect(new Set(ids).size).toBe(1)
    })
    it('renews nothing without the session cookie', async () => {
      const mine = await browser().signUp()
      mine.cookies.delete('keyhaven-session')
      const response = await mine.ask('GET /user/current')
      expect(response.status).toBe(200)
      expect(setCookies(response)).toEqual([])
    })
    it('answers a foreign page’s GET but sets no cookie, and says what the answer varies by (CSRF-8)', async () => {
      const mine = await browser().signUp()
      mine.cookies.delete('keyhaven')
      const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
      const response = await mine.ask('GET /user/current', undefined, headers)
      expect(response.status).toBe(200)
      expect(setCookies(response)).toEqual([])
      expect(response.headers.get('access-control-allow-origin')).toBeNull()
      expect(response.headers.get('vary')).toBe('Origin, Sec-Fetch-Site')
    })
  })

  describe('POST /sessions/current/renew', () => {
    const renew = (mine: Person, headers = {}): Promise<Response> =>
      mine.ask('POST /sessions/current/renew', undefined, headers)
    it('gives a new token into the same cookie', async () => {
      const mine = await browser().signUp()
      const before = mine.cookies.get('keyhaven')
      expect((await renew(mine)).status).toBe(200)
      expect(mine.cookies.get('keyhaven')).not.toBe(before)
      expect(mine.attributes.get('keyhaven')).toBe('Path=/; SameSite=Strict; HttpOnly; Max-Age=600')
    })
    it('needs our origin, the XSRF token and the session cookie, though it has no body (X04, BFF-4)', async () => {
      const mine = await browser().signUp()
      expect(await codeOf(await renew(mine, { origin: 'https://evil.example' }))).toBe(
        '403 csrf_failed',
      )
      expect(await codeOf(await renew(mine, { 'x-xsrf-token': 'other' }))).toBe('403 csrf_failed')
      mine.cookies.delete('keyhaven-session')
      expect(await codeOf(await renew(mine))).toBe('401 not_signed_in')
    })
  })

  describe('DELETE /sessions/current', () => {
    const leave = (mine: Person, headers = {}): Promise<Response> =>
      mine.ask('DELETE /sessions/current', undefined, headers)
    it('ends the session: every token of it is refused at once (S07, K14, SES-2, BFF-11)', async () => {
      const mine = await browser().signUp()
      const cookie = mine.cookie
      const authorization = `Bearer ${mine.cookies.get('keyhaven')}`
      expect((await leave(mine)).status).toBe(204)
      expect([...mine.cookies.keys()]).toEqual(['keyhaven-device'])
      for (const headers of [{ cookie }, { authorization }]) {
        const response = await browser().ask('GET /user/current', undefined, headers)
        expect(await codeOf(response)).toBe('401 session_ended')
      }
      const decision = keyhaven.guard.decide({
        method: 'GET',
        url: '/',
        header: (name) => (name === 'authorization' ? authorization : undefined),
      })
      expect(decision).toMatchObject({ ok: false, refused: { code: 'session_ended' } })
    })
    it('answers 204 with ended or no credentials too', async () => {
      const mine = await browser().signUp()
      const cookie = mine.cookie
      await leave(mine)
      expect((await leave(mine)).status).toBe(204)
      expect((await leave(browser(), { cookie })).status).toBe(204)
    })
    it('is not done by another site (X19)', async () => {
      const mine = await browser().signUp()
      const evil = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
      expect(await codeOf(await leave(mine, evil))).toBe('403 csrf_failed')
      expect(await codeOf(await leave(mine, { 'x-xsrf-token': 'guessed' }))).toBe('403 csrf_failed')
      expect((await mine.ask('GET /user/current')).status).toBe(200)
    })
    it('clears every variant of our cookies that came (P30, CK-7)', async () => {
      const mine = await browser().signUp()
      mine.cookies.set('__Host-keyhaven', 'old')
      const response = await leave(mine)
      const cleared = setCookies(response)
      expect(cleared.map(({ name, value }) => `${name}=${value}`)).toContain('__Host-keyhaven=')
      for (const { attributes, line } of cleared) {
        expect(attributes.split('; '), line).toEqual(
          expect.arrayContaining(['Path=/', 'SameSite=Strict', 'Max-Age=0']),
        )
        expect(attributes).not.toContain('Domain')
      }
    })
  })

  describe('what every caller may read', () => {
    it('publishes public keys that verify its tokens (JOSE-22)', async () => {
      const response = await browser().ask('GET /.well-known/jwks.json')
      expect(response.headers.get('content-type')).toBe('application/jwk-set+json')
      expect(response.headers.get('cache-control')).toBe('max-age=60')
      const jwks = (await response.json()) as { keys: object[] }
      expect(JSON.stringify(jwks)).not.toMatch(/"d":/)
      const token = (await browser().signUp()).cookies.get('keyhaven') ?? ''
      const now = Math.floor(Date.now() / 1000)
      const { issuer } = keyhaven
      const audience = new URL(issuer).origin
      expect(checkAccessToken(token, { keys: createKeySet(jwks), issuer, audience, now }).ok).toBe(
        true,
      )
    })
    it('describes itself for guards', async () => {
      expect(
        await (await browser().ask('GET /.well-known/oauth-authorization-server')).json(),
      ).toMatchObject({
        issuer: keyhaven.issuer,
        keyhaven_cookie: { access: 'keyhaven', session: 'keyhaven-session' },
        keyhaven_origins: [],
        keyhaven_bearer_origins: [],
        keyhaven_max_staleness: 60,
      })
    })
    it('answers unknown paths 404 and other methods 405 with Allow', async () => {
      expect(await codeOf(await browser().ask('GET /nowhere'))).toBe('404 not_found')
      const response = await browser().ask('PUT /user/current')
      expect(response.headers.get('allow')).toBe('GET')
      expect(await codeOf(response)).toBe('405 method_not_allowed')
    })
    it('answers its metadata also at the place of RFC 8414 §3.1 (operator 28, AS-12)', async () => {
      const { origin, pathname } = new URL(keyhaven.issuer)
      const path = '/.well-known/oauth-authorization-server'
      const [appended, inserted] = await Promise.all(
        [keyhaven.issuer + path, origin + path + pathname].map(async (url) => {
          const answer = await keyhaven.handler(new Request(url))
          expect(answer.status).toBe(200)
          return answer.text()
        }),
      )
      expect(inserted).toBe(appended)
      const other = await keyhaven.handler(new Request(`${origin}${path}/other`))
      expect(other.status).toBe(404)
    })
    it('sends links that work in development, and none in production (operator 28, 13.4.2)', async () => {
      const { origin } = new URL(keyhaven.issuer)
      for (const url of [`${origin}/`, keyhaven.issuer, `${keyhaven.issuer}/`]) {
        const page = await keyhaven.handler(new Request(url))
        expect(page.status, url).toBe(200)
        expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
        expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none';.*sha256/)
        const text = await page.text()
        expect(text).toContain(keyhaven.issuer)
        const links = [...text.matchAll(/href="([^"]+)"/g)].map(([, link]) => link)
        expect(links.length).toBeGreaterThan(4)
        for (const link of links) {
          // The mailbox answers to the service's own host only (H24)
          const headers = { host: new URL(origin).host }
          const { status } = await keyhaven.handler(new Request(`${origin}${link}`, { headers }))
          expect(status, link).toBe(link?.endsWith('/user/current') ? 401 : 200)
        }
      }
      const posted = await keyhaven.handler(new Request(keyhaven.issuer, { method: 'POST' }))
      expect(posted.status).toBe(404)
      const live = await start({
        url: 'https://app.example/auth',
        emailVerification: 'off',
      })
      for (const path of ['/', '/auth', '/auth/']) {
        const { status } = await live.handler(new Request(`https://app.example${path}`))
        expect(status, path).toBe(404)
      }
    })
    it('says that it lives and is ready', async () => {
      expect((await browser().ask('GET /health/live')).status).toBe(200)
      expect((await browser().ask('GET /health/ready')).status).toBe(200)
    })
    it('answers preflights of allowed origins only', async () => {
      const other = await start({ allowedOrigins: ['https://app.example'] })
      const ask = (origin: string): Promise<Response> =>
        send(other, 'OPTIONS /user/current', {
          headers: { origin, 'access-control-request-method': 'GET' },
        })
      const allowed = await ask('https://app.example')
      expect(allowed.status).toBe(204)
      expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example')
      const foreign = await ask('https://evil.example')
      expect(foreign.headers.get('access-control-allow-origin')).toBeNull()
    })
  })
})

describe('answers over https', () => {
  it('set cookies that are Secure, prefixed and Strict (K01, AT-9, BFF-2, CK-2, CK-3)', async () => {
    const keyhaven = await start({ url: 'https://app.example/auth', emailVerification: 'off' })
    const { attributes } = await person(keyhaven).signUp()
    expect(attributes.get('__Host-Http-keyhaven')).toBe(
      'Path=/; SameSite=Strict; Secure; HttpOnly; Max-Age=600',
    )
    expect(attributes.get('__Host-Http-keyhaven-session')).toBe(
      'Path=/; SameSite=Strict; Secure; HttpOnly',
    )
    expect(attributes.get('XSRF-TOKEN')).toBe('Path=/; SameSite=Strict; Secure')
  })
  it('have the standing headers (HTTP-4)', async () => {
    const keyhaven = await start({ url: 'https://app.example/auth', emailVerification: 'off' })
    for (const path of ['/user/current', '/nothing', '/health/live']) {
      const { headers } = await person(keyhaven).ask(`GET ${path}`)
      expect(Object.fromEntries(headers), path).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
        'content-type': expect.stringMatching(/^application\/(problem\+)?json; charset=utf-8$/),
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'strict-transport-security': 'max-age=31536000',
        'x-content-type-options': 'nosniff',
      })
    }
  })
})

describe('lifetimes', () => {
  it('end a session at its absolute limit, and never let a token outlive it (S05, CK-4, SES-3)', async () => {
    const keyhaven = await start({ accessTtl: '1s', idle: '2s', absolute: '3s' })
    const mine = await person(keyhaven).signUp()
    expect(mine.view.session).toMatchObject({ expiresIn: 1, absoluteExpiresIn: 3 })
    const until = Date.now() + 60_000
    let answer = await mine.ask('GET /user/current')
    let last = answer
    while (answer.status === 200 && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 300))
      last = answer
      answer = await mine.ask('GET /user/current')
    }
    // Active all the while, it still ends at the absolute limit
    expect(await codeOf(answer)).toBe('401 session_ended')
    const { session } = (await last.json()) as SessionView
    expect(session.expiresIn).toBeLessThanOrEqual(session.absoluteExpiresIn ?? 0)
  })
  it('are reported as this call has left them (R93)', async () => {
    const keyhaven = await start({ accessTtl: '10s', idle: '10s' })
    const mine = await person(keyhaven).signUp()
    const left = async (headers = {}): Promise<number> => {
      const answer = await mine.ask('GET /user/current', undefined, headers)
      return ((await answer.json()) as SessionView).session.idleExpiresIn
    }
    const background = { 'keyhaven-background': '1' }
    await vi.waitFor(async () => expect(await left(background)).toBeLessThan(9), 60_000)
    // Those that come at once wait for each other to write: no wait is told as time that is left
    const began = performance.now()
    const all = await Promise.all(Array.from({ length: 20 }, () => left()))
    // What has passed since the first of them was written is no longer left
    const passed = Math.floor((performance.now() - began) / 1000)
    expect(Math.min(...all)).toBeGreaterThanOrEqual(10 - passed)
    expect(Math.max(...all)).toBe(10)
  })
})

describe('the data folder', () => {
  it('is private, and holds keys sealed under the master key', async () => {
    const { settings } = await start()
    expect(statSync(join(settings.data, 'master.key')).mode & 0o777).toBe(0o600)
    const rows = await rowsIn(await databaseIn(settings.data), 'select sealed from signing_keys')
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain('"d"')
  })
  it('keeps sessions over a restart, and passwords as argon2id alone', async () => {
    const first = await start()
    const mine = await person(first).signUp()
    await first.close()
    open.splice(open.indexOf(first), 1)
    const again = await start({ data: first.settings.data })
    const later = person(again)
    for (const [name, value] of mine.cookies) later.cookies.set(name, value)
    expect((await later.ask('GET /user/current')).status).toBe(200)
    const contents = await contentsOf(await databaseIn(first.settings.data))
    expect(contents).toContain('$argon2id$v=19$')
    expect(contents).not.toContain(password)
    expect(contents).not.toContain(mine.cookies.get('keyhaven-session'))
  })
  it('refuses another issuer and another master key with a sentence', async () => {
    const { settings } = await start()
    const at = { data: settings.data }
    await expect(start({ ...at, url: 'http://localhost:4001/auth' })).rejects.toThrow(
      'This database belongs to the issuer http://localhost:4000/auth, but this start uses http://localhost:4001/auth (KEYHAVEN_URL, or its default): set KEYHAVEN_URL=http://localhost:4000/auth, or use',
    )
    const masterKey = randomBytes(32).toString('base64url')
    await expect(start({ ...at, masterKey })).rejects.toThrow('The master key does not open')
  })
  it('records every token that is given out', async () => {
    const keyhaven = await start()
    const mine = await person(keyhaven).signUp()
    mine.cookies.delete('keyhaven')
    await mine.ask('GET /user/current')
    const database = await databaseIn(keyhaven.settings.data)
    expect(await rowsIn(database, 'select jti from tokens')).toHaveLength(2)
  })
})
