import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHash } from 'node:crypto'
import { defineAccess } from '@keyhaven/core/access'
import { generateSigningKey, issueAccessToken } from '@keyhaven/core'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createGuard } from '@keyhaven/guard'
import type { Guard } from '@keyhaven/guard'
import { listening, raw, startIssuer } from './test-issuer.ts'

interface Note {
  readonly owner: string
}

export const access = defineAccess({
  scopes: ['notes:read', 'notes:write', 'notes:admin'],
  roles: {},
  rules: { 'notes:write': (who, note: Note) => note.owner === who.id },
})

export type SuiteGuard = Guard<typeof access>

/** What every adapter's test app serves. */
export const publicRoutes = ['GET /health', 'GET /files/*', 'GET /hello/:name']

/** The notes that `PUT /notes/:id` loads: n1 is acc_1's, n2 somebody else's. */
export const notes: Readonly<Record<string, Note>> = {
  n1: { owner: 'acc_1' },
  n2: { owner: 'acc_2' },
}

const xsrfToken = 'the-xsrf-token'
const xsrf = createHash('sha256').update(xsrfToken).digest('base64url')

/** Runs the same behaviour over real HTTP against any adapter. */
export function guardSuite(name: string, serve: (guard: SuiteGuard) => RequestListener): void {
  describe(name, () => {
    let issuer: Awaited<ReturnType<typeof startIssuer>>
    let server: Server
    let base: string
    const lines: string[] = []

    beforeAll(async () => {
      issuer = await startIssuer()
      const guard = createGuard({
        issuer: issuer.issuer,
        access,
        exposeHeaders: ['ETag'],
        log: (line) => lines.push(line),
      })
      server = createServer(serve(guard))
      base = await listening(server)
      await guard.ready()
    })
    afterAll(() => {
      server.close()
      issuer.close()
    })

    const claims = (change: Partial<AccessTokenClaims> = {}): AccessTokenClaims => {
      const now = Math.floor(Date.now() / 1000)
      return {
        iss: issuer.issuer,
        sub: `${issuer.issuer}/accounts/acc_1`,
        aud: [issuer.issuer, new URL(issuer.issuer).origin],
        exp: now + 600,
        iat: now,
        jti: 'jti',
        sid: 'ses_1',
        client_id: 'web',
        scope: 'notes:read notes:write',
        xsrf,
        ...change,
      }
    }
    const token = (change?: Partial<AccessTokenClaims>, key = issuer.key): string =>
      issueAccessToken(claims(change), key)
    const bearer = (value: string) => ({ authorization: `Bearer ${value}` })
    const cookie = (value: string) => ({ cookie: `keyhaven=${value}` })
    const ask = (path: string, init?: RequestInit): Promise<Response> => fetch(base + path, init)
    const codeOf = async (response: Response): Promise<string> =>
      `${response.status} ${((await response.json()) as { code: string }).code}`

    describe('default deny', () => {
      it.each(['/notes', '/nested/deep', '/unknown', '/', '/healthx', '/health/more', '/HEALTH'])(
        'answers 401 at %s without a credential, before any handler runs',
        async (path) => {
          const response = await ask(path)
          expect(await codeOf(response)).toBe('401 not_signed_in')
          expect(response.headers.get('www-authenticate')).toBe('Bearer')
          expect(response.headers.get('content-type')).toContain('application/problem+json')
          expect(response.headers.get('x-content-type-options')).toBe('nosniff')
        },
      )
      it('goes by the method that came, whatever a header calls it (CSRF-5)', async () => {
        for (const name of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
          const overridden = { method: 'POST', headers: { [name]: 'GET' } }
          expect((await ask('/health', overridden)).status).toBe(401)
          const headers = { ...cookie(token()), [name]: 'GET' }
          expect(await codeOf(await ask('/notes', { method: 'POST', headers }))).toBe(
            '403 csrf_failed',
          )
        }
      })
      it('checks again if a later handler changes the method', async () => {
        const headers = { ...cookie(token()), 'x-http-method-override': 'PUT' }
        expect(await codeOf(await ask('/overridden', { headers }))).toBe('403 csrf_failed')
        const ours = { origin: 'https://app.example', 'x-xsrf-token': xsrfToken, ...headers }
        expect((await ask('/overridden', { headers: ours })).status).toBe(200)
      })
      it('answers HEAD and OPTIONS like the rest', async () => {
        expect((await ask('/notes', { method: 'HEAD' })).status).toBe(401)
        expect((await ask('/notes', { method: 'OPTIONS' })).status).toBe(401)
        expect((await ask('/health', { method: 'POST' })).status).toBe(401)
      })
      it.each(['/health', '/files/a/b.css', '/hello/world'])(
        'lets %s in with none, a bad and a good credential',
        async (path) => {
          expect((await ask(path)).status).toBe(200)
          expect((await ask(path, { method: 'HEAD' })).status).toBe(200)
          expect((await ask(path, { headers: bearer('bad') })).status).toBe(200)
          expect((await ask(path, { headers: bearer(token()) })).status).toBe(200)
        },
      )
      it('lets every request in on optional routes, and passes on the account if there is one', async () => {
        const known = async (headers: Record<string, string>): Promise<unknown> =>
          (await ask('/optional', { headers })).json()
        expect(await known({})).toEqual({ account: null })
        expect(await known(bearer('bad'))).toEqual({ account: null })
        expect(await known(cookie(token()))).toEqual({ account: 'acc_1' })
        const { headers } = await ask('/optional', { headers: cookie(token()) })
        expect(headers.get('cache-control')).toBe('private, no-store')
      })
      it.each([
        '/files/%2e%2e/notes',
        '/files/../notes',
        '/files/..%2fnotes',
        '/files/..;/notes/..',
        '//health',
        '/files//notes',
        '/files/%5Cnotes',
        '/files/%00',
      ])('refuses %s, which servers read in two ways (1.5.3)', async (path) => {
        const { port } = server.address() as AddressInfo
        const head = `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`
        const answer = await raw(port, head)
        expect(answer).toMatch(/^HTTP\/1\.1 400 /)
        expect(answer).toContain('"code":"invalid_request"')
      })
    })

    describe('credentials', () => {
      it.each([
        ['bearer', bearer],
        ['cookie', cookie],
      ])('accepts a good token as %s; the handler gets its account', async (_how, carry) => {
        const response = await ask('/notes', { headers: carry(token()) })
        expect(response.status).toBe(200)
        expect(await response.json()).toEqual({ account: 'acc_1', session: 'ses_1' })
        expect(response.headers.get('cache-control')).toBe('private, no-store')
      })
      it.each([
        ['garbage', () => 'x.y.z', '401 token_invalid'],
        ['expired', () => token({ exp: past(10), iat: past(600) }), '401 token_expired'],
        [
          'for another audience (JOSE-19)',
          () => token({ aud: [issuer.issuer] }),
          '401 token_invalid',
        ],
        [
          'of another issuer (C10)',
          () => token({ iss: 'http://localhost:1/auth' }),
          '401 token_invalid',
        ],
        ['of a foreign key', () => token({}, generateSigningKey('ES256')), '401 token_invalid'],
      ])('refuses a token that is %s', async (_what, make, wanted) => {
        for (const carry of [bearer, cookie]) {
          const response = await ask('/notes', { headers: carry(make()) })
          expect(await codeOf(response)).toBe(wanted)
          expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"')
        }
      })
      it('refuses a token without xsrf, or not for the issuer, in a cookie alone', async () => {
        for (const change of [{ xsrf: undefined }, { aud: [new URL(issuer.issuer).origin] }]) {
          const other = token(change as Partial<AccessTokenClaims>)
          expect((await ask('/notes', { headers: bearer(other) })).status).toBe(200)
          expect(await codeOf(await ask('/notes', { headers: cookie(other) }))).toBe(
            '401 token_invalid',
          )
        }
      })
      it('lets a bearer decide alone (AT-5)', async () => {
        const headers = { ...cookie(token()), ...bearer('bad') }
        expect(await codeOf(await ask('/notes', { headers }))).toBe('401 token_invalid')
      })
      it('ignores Basic credentials for a proxy, and tokens in the query (AT-6)', async () => {
        const basic = { authorization: `Basic ${btoa('proxy:secret')}` }
        expect((await ask('/notes', { headers: { ...basic, ...cookie(token()) } })).status).toBe(
          200,
        )
        expect(await codeOf(await ask('/notes', { headers: basic }))).toBe('401 not_signed_in')
        expect(await codeOf(await ask(`/notes?access_token=${token()}`))).toBe('401 not_signed_in')
      })
      it('answers token_expired if only our session cookie came', async () => {
        const headers = { cookie: 'keyhaven-session=opaque' }
        expect(await codeOf(await ask('/notes', { headers }))).toBe('401 token_expired')
      })
      it('takes the one good value among planted ones, and none of two sessions (K02, CK-5)', async () => {
        const planted = { cookie: `keyhaven=planted; keyhaven=${token()}; keyhaven=x` }
        expect((await ask('/notes', { headers: planted })).status).toBe(200)
        const two = { cookie: `keyhaven=${token()}; keyhaven=${token({ sid: 'ses_2' })}` }
        expect(await codeOf(await ask('/notes', { headers: two }))).toBe('401 token_invalid')
      })
      it('is not worn down by fifty planted cookies: refused, never wrong (K03)', async () => {
        const planted = (count: number): string =>
          Array.from({ length: count }, (_, at) => `keyhaven=planted${at}`).join('; ')
        const real = `keyhaven=${token()}`
        expect(
          (await ask('/notes', { headers: { cookie: `${planted(3)}; ${real}` } })).status,
        ).toBe(200)
        const many = { cookie: `${planted(50)}; ${real}` }
        expect(await codeOf(await ask('/notes', { headers: many }))).toBe('401 token_invalid')
        const others = Array.from({ length: 50 }, (_, at) => `other${at}=${'x'.repeat(100)}`)
        const crowded = { cookie: [...others, real].join('; ') }
        expect((await ask('/notes', { headers: crowded })).status).toBe(200)
      })
      it.each([
        'Authorization: Bearer a',
        'Origin: https://app.example',
        'Host: x',
        'Content-Type: application/json',
      ])('refuses a request that repeats %s (HTTP-1)', async (line) => {
        const { port } = server.address() as AddressInfo
        const answer = await raw(
          port,
          `GET /notes HTTP/1.1\r\nHost: x\r\n${line}\r\n${line}\r\n\r\n`,
        )
        expect(answer).toMatch(/^HTTP\/1\.1 400 /)
      })
    })

    describe('cross-site request forgery', () => {
      const post = (headers: Record<string, string>): Promise<Response> =>
        ask('/notes', { method: 'POST', headers: { ...cookie(token()), ...headers } })
      const ours = { origin: 'https://app.example', 'x-xsrf-token': xsrfToken }

      it('accepts our own page, by allowed origin and by loopback in development', async () => {
        expect((await post(ours)).status).toBe(201)
        const vite = { ...ours, origin: 'http://localhost:5173', 'sec-fetch-site': 'same-origin' }
        expect((await post(vite)).status).toBe(201)
      })
      it.each([
        ['no origin at all (CSRF-4)', {}],
        ['another origin (CSRF-4)', { origin: 'https://evil.example' }],
        ['Origin null (X07, CSRF-4)', { origin: 'null' }],
        ['a look-alike (X10, CSRF-4)', { origin: 'https://app.example.evil.example' }],
        ['upper case (X10)', { origin: 'https://APP.example' }],
        ['loopback without Sec-Fetch-Site', { origin: 'http://localhost:5173' }],
        ['Sec-Fetch-Site cross-site (X11, CSRF-3)', { 'sec-fetch-site': 'cross-site' }],
        ['Sec-Fetch-Site same-site (X11, CSRF-3)', { 'sec-fetch-site': 'same-site' }],
        ['Sec-Fetch-Site none', { 'sec-fetch-site': 'none' }],
        ['an invented Sec-Fetch-Site (X13)', { 'sec-fetch-site': 'foo' }],
      ])('refuses %s', async (_what, headers) => {
        const { origin: _origin, ...rest } = ours
        const response = await post({ ...rest, ...headers } as Record<string, string>)
        expect(response.status).toBe(403)
        expect(await response.json()).toMatchObject({ code: 'csrf_failed', check: 'origin' })
      })
      it.each([
        ['no XSRF token (CSRF-1)', {}],
        ['another session’s token (CSRF-2, CSRF-9)', { 'x-xsrf-token': 'other' }],
      ])('refuses %s', async (_what, headers) => {
        const response = await post({ origin: ours.origin, ...headers } as Record<string, string>)
        expect(await response.json()).toMatchObject({ code: 'csrf_failed', check: 'token' })
      })
      it('reports the origin, not the token, if both are bad', async () => {
        const headers = { ...cookie('dead'), origin: 'https://evil.example' }
        expect(await codeOf(await ask('/notes', { method: 'POST', headers }))).toBe(
          '403 csrf_failed',
        )
      })
      it('requires no XSRF token of a bearer', async () => {
        const response = await ask('/notes', { method: 'POST', headers: bearer(token()) })
        expect(response.status).toBe(201)
      })
    })

    describe('scopes', () => {
      it('refuses what was not granted and names it (AT-7)', async () => {
        const response = await ask('/admin', { headers: bearer(token()) })
        expect(response.headers.get('www-authenticate')).toContain('error="insufficient_scope"')
        expect(await response.json()).toMatchObject({
          code: 'insufficient_scope',
          scope: 'notes:admin',
        })
      })
      it('passes the loaded resource to the rule', async () => {
        const put = (id: string, headers = bearer(token())): Promise<Response> =>
          ask(`/notes/${id}`, { method: 'PUT', headers })
        expect((await put('n1')).status).toBe(200)
        expect(await codeOf(await put('n2'))).toBe('403 insufficient_scope')
        expect(await codeOf(await put('n3'))).toBe('404 not_found')
      })
      it('doesn’t reveal which resources exist to a user without the scope', async () => {
        const reader = bearer(token({ scope: 'notes:read' }))
        const answer = await ask('/notes/n3', { method: 'PUT', headers: reader })
        expect(await codeOf(answer)).toBe('403 insufficient_scope')
      })
    })

    describe('the hint of a refused origin', () => {
      it.each([
        [{}, /^The request has neither Origin nor Sec-Fetch-Site.* a program sends Origin: http:/],
        [{ 'sec-fetch-site': 'cross-site' }, /^The request has Sec-Fetch-Site without Origin/],
        [{ origin: 'null' }, /^The browser sent Origin: null/],
        [{ origin: 'app.example' }, /^The header Origin is not an origin/],
        [{ origin: 'https://b.example' }, /^Pages of https:\/\/b.example may not call/],
      ] as const)('fits what came: %j (reports F20)', async (headers, hint) => {
        const sent = { ...cookie(token()), ...headers }
        const answer = await ask('/notes', { method: 'POST', headers: sent })
        const { hint: given, detail } = (await answer.json()) as { hint: string; detail: string }
        expect(given).toMatch(hint)
        expect(detail.includes('Send the header Origin')).toBe(Object.keys(headers).length === 0)
      })
    })

    describe('CORS', () => {
      const preflight = (origin: string, headers = {}): Promise<Response> =>
        ask('/notes', {
          method: 'OPTIONS',
          headers: { origin, 'access-control-request-method': 'POST', ...headers },
        })
      const allowedFor = async (names: string, origin = 'https://app.example') =>
        (await preflight(origin, { 'access-control-request-headers': names })).headers.get(
          'access-control-allow-headers',
        )
      it('answers a preflight before anything else, for exact origins (CSRF-7)', async () => {
        const response = await preflight('https://app.example')
        expect(response.status).toBe(204)
        expect(response.headers.get('access-control-allow-origin')).toBe('https://app.example')
        expect(response.headers.get('access-control-allow-credentials')).toBe('true')
        expect(response.headers.get('access-control-max-age')).toBe('600')
        expect(response.headers.get('vary')).toContain('Origin')
      })
      it('answers apps and pages that hold bearer tokens without credentials, and ignores their cookies (H25)', async () => {
        for (const origin of ['capacitor://localhost', 'https://partner.example']) {
          const { headers } = await preflight(origin, {
            'access-control-request-headers': 'authorization',
          })
          expect(headers.get('access-control-allow-origin')).toBe(origin)
          expect(headers.get('access-control-allow-headers')).toBe('authorization')
          expect(headers.has('access-control-allow-credentials')).toBe(false)
          for (const method of ['GET', 'POST']) {
            const byCookie = { method, headers: { ...cookie(token()), origin } }
            expect((await ask('/notes', byCookie)).status).toBe(401)
          }
          const byToken = { authorization: `Bearer ${token()}`, origin }
          expect((await ask('/notes', { headers: byToken })).status).toBe(200)
        }
      })
      it('allows an allowed page whatever header it names, and ours if it names none (reports F7)', async () => {
        const names = 'content-type,if-match, traceparent'
        expect(await allowedFor(names)).toBe(names)
        const usual = (await preflight('https://app.example')).headers
        expect(usual.get('access-control-allow-headers')).toContain('X-XSRF-TOKEN')
        expect(usual.get('access-control-max-age')).toBe('600')
        for (const none of ['a b', 'a,', 'a;b', 'x'.repeat(3000)]) {
          expect(await allowedFor(none)).toContain('X-XSRF-TOKEN')
          expect(await allowedFor(none)).not.toContain(none)
        }
        expect(await allowedFor(names, 'https://evil.example')).toBeNull()
      })
      it('allows an allowed page the method that it names, beside the usual ones (reports F7)', async () => {
        const allowed = async (method: string, origin = 'https://app.example') =>
          (await preflight(origin, { 'access-control-request-method': method })).headers.get(
            'access-control-allow-methods',
          )
        const usual = 'GET, HEAD, POST, PUT, PATCH, DELETE'
        expect(await allowed('PUT')).toBe(usual)
        expect(await allowed('QUERY')).toBe(`${usual}, QUERY`)
        for (const none of ['A B', 'A,B', '*', 'X'.repeat(50)])
          expect(await allowed(none)).toBe(usual)
        expect(await allowed('QUERY', 'https://evil.example')).toBeNull()
        // Whatever is no read needs the proof that our page sent it
        expect(
          await codeOf(await ask('/notes', { method: 'PROPFIND', headers: cookie(token()) })),
        ).toBe('403 csrf_failed')
      })
      it('lets an allowed page read the headers that a client needs (reports F7)', async () => {
        const origin = 'https://app.example'
        const refused = await ask('/notes', { headers: { origin } })
        expect(refused.headers.get('access-control-expose-headers')).toBe(
          'Retry-After, WWW-Authenticate, X-Request-Id, ETag',
        )
        const foreign = await ask('/notes', { headers: { origin: 'https://evil.example' } })
        expect(foreign.headers.get('access-control-expose-headers')).toBeNull()
      })
      it('sends no Access-Control-Allow-Origin to a foreign origin', async () => {
        const response = await preflight('https://evil.example')
        expect(response.headers.get('access-control-allow-origin')).toBeNull()
        expect(response.headers.get('vary')).toContain('Origin')
      })
      it('names in the log, once, the setting that would let a foreign page in (P16)', async () => {
        for (let at = 0; at < 60; at++) await preflight(`https://page${at % 30}.example`)
        await preflight('not an origin')
        const told = lines.filter((line) => line.includes('KEYHAVEN_ALLOWED_ORIGINS'))
        expect(told.filter((line) => line.includes('add https://page3.example to'))).toHaveLength(1)
        expect(told.length).toBeLessThanOrEqual(20)
      })
    })

    describe('the issuer', () => {
      it('receives one request for unknown keys, however many come (J19)', async () => {
        const before = issuer.calls.length
        const stranger = generateSigningKey('ES256')
        await Promise.all(
          Array.from({ length: 30 }, () => ask('/notes', { headers: bearer(token({}, stranger)) })),
        )
        expect(issuer.calls.length - before).toBeLessThanOrEqual(2)
      })
      it('receives one request for many made-up keys, and one for all tokens with a new key', async () => {
        const guard = createGuard({ issuer: issuer.issuer, access, log: () => {} })
        const fresh = createServer(serve(guard))
        const address = await listening(fresh)
        await guard.ready()
        const before = issuer.calls.length
        const next = generateSigningKey('ES256')
        issuer.publish([issuer.key, next])
        const fetched = (headers: Record<string, string>): Promise<Response> =>
          fetch(`${address}/notes`, { headers })
        const honest = Array.from({ length: 10 }, () => fetched(bearer(token({}, next))))
        expect((await Promise.all(honest)).map(({ status }) => status)).toEqual(
          Array<number>(10).fill(200),
        )
        const made = Array.from({ length: 30 }, () =>
          fetched(bearer(token({}, generateSigningKey('ES256')))),
        )
        for (const answer of await Promise.all(made)) expect(answer.status).toBe(401)
        expect(issuer.calls.length - before).toBe(2)
        issuer.publish([issuer.key])
        fresh.close()
      })
      it('is reached by another address inside the network, and keeps its public name', async () => {
        const calls: string[] = []
        const inside = createServer((request, response) => {
          calls.push(request.url ?? '')
          void fetch(issuer.issuer + (request.url ?? '').replace('/inside', '')).then(
            async (answer) =>
              response
                .setHeader('content-type', 'application/json')
                .end(Buffer.from(await answer.arrayBuffer())),
          )
        })
        const reach = `${await listening(inside)}/inside/`
        const guard = createGuard({ issuer: issuer.issuer, reach, log: () => {} })
        await guard.ready()
        expect(calls).toEqual([
          '/inside/.well-known/oauth-authorization-server',
          '/inside/.well-known/jwks.json',
        ])
        inside.close()
      })
      it('may hang: a look ends after 5 s, requests get 503 meanwhile, public routes wait for nothing (attacks 9)', async () => {
        issuer.answerWith(() => {})
        const guard = createGuard({ issuer: issuer.issuer, access, log: () => {} })
        const hanging = createServer(serve(guard))
        const address = await listening(hanging)
        const answer = await fetch(`${address}/notes`, { headers: bearer(token()) })
        expect(await codeOf(answer)).toBe('503 unavailable')
        expect(guard.state().problem).toContain('timeout')
        // The next look hangs too; what is public, and what is optional, waits for none
        for (const path of ['/health', '/optional']) {
          for (const headers of [{}, bearer(token()), cookie(token())]) {
            const signal = AbortSignal.timeout(2000)
            expect((await fetch(address + path, { headers, signal })).status).toBe(200)
          }
        }
        issuer.answerWith(undefined)
        await guard.ready()
        hanging.close()
      })
      it('may be away at start: 503 with a sentence, then healed', async () => {
        const key = generateSigningKey('ES256')
        issuer.answerWith((_request, response) => void response.writeHead(500).end('<html>'))
        const said: string[] = []
        const guard = createGuard({ issuer: issuer.issuer, access, log: (line) => said.push(line) })
        const late = createServer(serve(guard))
        const address = await listening(late)
        const away = await fetch(`${address}/notes`, { headers: bearer(token()) })
        expect(await codeOf(away)).toBe('503 unavailable')
        expect(Number(away.headers.get('retry-after'))).toBeGreaterThan(0)
        expect(said.join('\n')).toContain('answered 500')
        expect(guard.state()).toMatchObject({
          fresh: false,
          problem: expect.stringContaining('500'),
        })
        issuer.answerWith(undefined)
        issuer.publish([issuer.key, key])
        await guard.ready()
        const healed = await fetch(`${address}/notes`, { headers: bearer(token({}, key)) })
        expect(healed.status).toBe(200)
        late.close()
      })
      it('is refused if it is another one, answers HTML or too much (AS-12)', async () => {
        const answers: [RequestListener, string][] = [
          [(_q, r) => void r.setHeader('content-type', 'text/html').end('<p>portal'), 'not JSON'],
          [(_q, r) => void r.writeHead(302, { location: '/' }).end(), 'redirect'],
          [
            (_q, r) => json(r, { issuer: 'https://evil.example' }),
            'names the issuer https://evil.example',
          ],
          [(_q, r) => json(r, { pad: 'x'.repeat(300_000) }), 'more than'],
        ]
        for (const [listener, sentence] of answers) {
          issuer.answerWith(listener)
          const guard = createGuard({ issuer: issuer.issuer, log: () => {} })
          await guard.settle({ method: 'GET', url: '/', header: () => undefined })
          expect(guard.state().problem).toContain(sentence)
        }
        issuer.answerWith(undefined)
      })
    })

    it('says at start what is public, whose pages may call and what the worst case of a revocation is', () => {
      expect(lines.join('\n')).toContain('public routes: GET /health')
      expect(lines.join('\n')).toMatch(
        /^pages of .*https:\/\/app\.example may call; in development also pages on any port of this machine whose dev server forwards their calls$/m,
      )
      expect(lines.join('\n')).toContain(
        'until it expires (at most 600 s, accessTtl of the service)',
      )
    })
  })
}

function past(seconds: number): number {
  return Math.floor(Date.now() / 1000) - seconds
}

function json(response: Parameters<RequestListener>[1], body: unknown): void {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
}
