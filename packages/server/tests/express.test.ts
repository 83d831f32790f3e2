import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { defineAccess } from '@keyhaven/core/access'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import { authIfAny, authOf } from '@keyhaven/guard/express'
import compression from 'compression'
import express from 'express'
import type { Express } from 'express'
import { pino } from 'pino'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { databaseIn } from '@keyhaven/stage/databases/databases'
import { createKeyhaven } from '@keyhaven/server'
import type { KeyhavenOptions } from '@keyhaven/server'
import { testLog } from '@keyhaven/stage/processes/log'
import { person } from '@keyhaven/stage/http/person'
import type { Call } from '@keyhaven/stage/http/person'
import { setCookies } from '@keyhaven/stage/http/set-cookies'

const access = defineAccess({
  scopes: ['notes:read', 'notes:write'],
  roles: { member: ['notes:read'] },
  defaultRoles: ['member'],
})

const closing: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function serve(app: RequestListener): Promise<{ server: Server; origin: string }> {
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => {
    server.close()
    server.closeAllConnections()
  })
  return { server, origin: `http://localhost:${(server.address() as AddressInfo).port}` }
}

async function embedded(
  mount: (app: Express, auth: Awaited<ReturnType<typeof keyhavenOf>>) => void,
  options: Partial<KeyhavenOptions<typeof access>> = {},
) {
  const app = express()
  const { origin } = await serve(app)
  const auth = await keyhavenOf(origin, options)
  mount(app, auth)
  return { auth, origin, browser: await signedUp(origin) }
}

async function keyhavenOf(origin: string, options: Partial<KeyhavenOptions<typeof access>>) {
  const folder = mkdtempSync(join(tmpdir(), 'keyhaven-express-'))
  const auth = await createKeyhaven({
    database: await databaseIn(folder),
    url: `${origin}/auth`,
    data: folder,
    access,
    folder,
    environment: { NODE_ENV: 'test' },
    log: testLog(),
    ...options,
  })
  closing.push(async () => {
    await auth.close()
    rmSync(folder, { recursive: true })
  })
  return auth
}

/** A browser of a person who has just signed up, whose page sends no XSRF header of its own. */
async function signedUp(origin: string, path = '/auth', email = 'a@example.com') {
  const somebody = await person({ issuer: origin + path }, { email }).signUp()
  const { cookies, view } = somebody
  return {
    jar: cookies,
    view,
    somebody,
    ask: (to: string, { method = 'GET', headers }: Asked = {}): Promise<Response> =>
      somebody.ask(`${method} ${origin}${to}`, undefined, {
        'x-xsrf-token': undefined,
        ...headers,
      }),
  }
}

interface Asked {
  readonly method?: string
  readonly headers?: Call['headers']
}

function claimsOf(token: string | undefined): AccessTokenClaims {
  const [, payload = ''] = (token ?? '').split('.')
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as AccessTokenClaims
}

describe('createKeyhaven in an Express app', () => {
  it('serves its mount path above body parsers, and guards the app’s own routes', async () => {
    const { auth, origin, browser } = await embedded((app, keyhaven) => {
      app.use(keyhaven.express({ public: ['GET /api/health'] }))
      app.use(express.json())
      app.get('/api/health', (request, response) => {
        response.json({ known: authIfAny(request)?.account.id ?? null })
      })
      app.get('/api/notes', keyhaven.require('notes:read'), (request, response) => {
        response.json({ owner: authOf(request).account.id })
      })
      app.delete(
        '/api/notes',
        keyhaven.require('notes:write'),
        (_request, response) => void response.json({}),
      )
      // @ts-expect-error a misspelt scope does not compile, and is an error at start
      expect(() => keyhaven.require('notes:raed')).toThrow(
        "the nearest declared one is 'notes:read'",
      )
    })
    const { account, xsrfToken, session } = browser.view
    expect(await (await fetch(`${origin}/api/health`)).json()).toEqual({ known: null })
    expect(await (await browser.ask('/api/health')).json()).toEqual({ known: account.id })
    expect((await fetch(`${origin}/api/notes`)).status).toBe(401)
    expect((await fetch(`${origin}/authentic`)).status).toBe(401)
    expect(await (await browser.ask('/api/notes')).json()).toEqual({ owner: account.id })
    const unsafe = { 'x-xsrf-token': xsrfToken }
    const refused = await browser.ask('/api/notes', { method: 'DELETE', headers: unsafe })
    expect(await refused.json()).toMatchObject({ code: 'insufficient_scope', scope: 'notes:write' })
    const cookie = [...browser.jar].map(([name, value]) => `${name}=${value}`).join('; ')
    expect(await auth.current(new Request(origin, { headers: { cookie } }))).toMatchObject({
      account: { id: account.id },
    })
    expect(await auth.current(new Request(origin))).toBeNull()

    await auth.sessions.end(session.id)
    const ended = await browser.ask('/api/notes')
    expect(await ended.json()).toMatchObject({ code: 'session_ended' })
  })

  it('reports what to do if a body parser is mounted before it', async () => {
    const app = express()
    const { origin } = await serve(app)
    const auth = await keyhavenOf(origin, {})
    app.use(express.json())
    app.use(auth.express())
    const response = await fetch(`${origin}/auth/accounts`, {
      method: 'POST',
      headers: { origin, 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'a@example.com', password: 'correct horse battery' }),
    })
    expect(response.status).toBe(500)
    expect(await response.json()).toMatchObject({
      code: 'internal',
      reason: expect.stringContaining('mount the service above every body parser') as string,
    })
  })

  it('stands beside a body parser of other routes', async () => {
    await embedded((app, keyhaven) => {
      app.use('/api', express.json())
      app.use(keyhaven.express())
    })
  })
})

describe('renewal by a guard in the service’s process (R4)', () => {
  const short = { accessTtl: '6s', idle: '60s', absolute: '10m' } as const
  const shared = Object.freeze({ 'Cache-Control': 'public', 'content-type': 'text/plain' })
  const notes = (app: Express, keyhaven: Awaited<ReturnType<typeof keyhavenOf>>): void => {
    app.use(keyhaven.express({ public: ['GET /open'] }))
    app.get('/open', (request, response) => {
      response.json({ known: authIfAny(request) !== undefined })
    })
    app.get('/notes', (request, response) => {
      response.set('cache-control', 'public, max-age=60')
      response.json({ jti: authOf(request).claims.jti })
    })
    app.post('/notes', (_request, response) => void response.json({}))
    app.get('/raw', (_request, response) => response.writeHead(200, shared).end('x'))
    app.get('/listed', (_request, response) => {
      response.setHeader('set-cookie', 'theme=dark')
      response.writeHead(200, ['Set-Cookie', 'lang=en', 'cache-control', 'public']).end('x')
    })
  }

  it('is none while the token is young', async () => {
    const { browser } = await embedded(notes)
    const response = await browser.ask('/notes')
    expect(setCookies(response)).toEqual([])
    expect(response.headers.get('cache-control')).toBe('public, max-age=60')
  })

  it('gives ten parallel requests near the end one new token, and none a 401', async () => {
    const { browser } = await embedded(notes, short)
    const first = claimsOf(browser.jar.get('keyhaven'))
    await sleep(4300)
    const answers = await Promise.all(Array.from({ length: 10 }, () => browser.ask('/notes')))
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(10).fill(200))
    const tokens = answers.map((answer) => {
      const [renewed] = setCookies(answer)
      return claimsOf(renewed?.value).jti
    })
    expect(new Set(tokens).size).toBe(1)
    expect(tokens[0]).not.toBe(first.jti)
    for (const answer of answers) {
      expect(answer.headers.get('cache-control')).toBe('private, no-store')
      expect(await answer.json()).toEqual({ jti: tokens[0] })
    }
  })

  it('heals a missing, a dead and a planted token, for unsafe methods too, and whatever a handler says of caching', async () => {
    const { browser } = await embedded(notes)
    for (const planted of [undefined, 'garbage', 'a.b.c']) {
      if (planted === undefined) browser.jar.delete('keyhaven')
      else browser.jar.set('keyhaven', planted)
      const response = await browser.ask('/raw')
      expect(response.status).toBe(200)
      expect(response.headers.get('cache-control')).toBe('private, no-store')
      expect(claimsOf(browser.jar.get('keyhaven')).sub).toContain('/accounts/')
    }
    browser.jar.delete('keyhaven')
    const forged = await browser.ask('/notes', { method: 'POST' })
    expect(await forged.json()).toMatchObject({ code: 'csrf_failed', check: 'token' })
    const headers = { 'x-xsrf-token': browser.view.xsrfToken }
    expect((await browser.ask('/notes', { method: 'POST', headers })).status).toBe(200)
  })

  it('stands beside cookies that a handler sets, and takes nothing from later answers', async () => {
    const { browser } = await embedded(notes)
    browser.jar.delete('keyhaven')
    const response = await browser.ask('/listed')
    const names = setCookies(response).map(({ name }) => name)
    expect(names).toEqual(['theme', 'lang', 'keyhaven'])
    expect(response.headers.get('cache-control')).toBe('private, no-store')
    expect((await browser.ask('/raw')).headers.get('cache-control')).toBe('public')
  })

  it('is none on public routes, none for foreign pages, none without the session cookie', async () => {
    const { browser, origin } = await embedded(notes)
    const token = browser.jar.get('keyhaven') ?? ''
    browser.jar.delete('keyhaven')
    const open = await browser.ask('/open')
    expect(await open.json()).toEqual({ known: true })
    expect(setCookies(open)).toEqual([])
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    const answered = await browser.ask('/notes', { headers: foreign })
    expect(answered.status).toBe(200)
    expect(setCookies(answered)).toEqual([])
    const alone = await fetch(`${origin}/notes`, { headers: { cookie: `keyhaven=${token}` } })
    expect(alone.status).toBe(200)
    expect(setCookies(alone)).toEqual([])
  })

  it('ends with the session: no renewal brings it back (BFF-7)', async () => {
    const { browser, auth } = await embedded(notes)
    browser.jar.delete('keyhaven')
    await auth.sessions.end(browser.view.session.id)
    const response = await browser.ask('/notes')
    expect(await response.json()).toMatchObject({ code: 'session_ended' })
    expect(setCookies(response)).toEqual([])
  })
})

describe('mode opaque in an Express app (R8)', () => {
  it('guards by the session cookie alone, and its end counts at once', async () => {
    const { browser, auth } = await embedded(
      (app, keyhaven) => {
        app.use(keyhaven.express())
        app.get('/notes', (request, response) => {
          response.json({ sub: authOf(request).claims.sub })
        })
      },
      { mode: 'opaque' },
    )
    expect(browser.jar.has('keyhaven')).toBe(false)
    const mine = await browser.ask('/notes')
    expect(await mine.json()).toEqual({ sub: browser.view.claims.sub })
    await auth.sessions.end(browser.view.session.id)
    expect((await browser.ask('/notes')).status).toBe(401)
  })
})

describe('auth.express()', () => {
  it('is named in a message about its options (operator part 4)', async () => {
    const auth = await keyhavenOf('http://localhost:4000', {})
    expect(() => auth.express({ publik: [] } as never)).toThrow(/^auth\.express: 'publik'/)
    expect(() => auth.express('/api' as never)).toThrow(/^auth\.express: options must be/)
  })

  it('prints its public routes once, and nothing about routes before it is called', async () => {
    const lines: string[] = []
    const auth = await keyhavenOf('http://localhost:4000', { announce: (line) => lines.push(line) })
    const printed = (): readonly string[] => lines.filter((line) => line.includes('public'))
    expect(printed()).toEqual([])
    auth.express({ public: ['GET /health'], guard: '/api' })
    auth.require('notes:read')
    expect(printed()).toEqual([
      'public routes: GET /health; every other route below /api needs a credential, unless your app answers it before this guard',
    ])
  })
})

describe('auth.express(), by its place in the app', () => {
  type Auth = Awaited<ReturnType<typeof keyhavenOf>>
  const notes: express.RequestHandler = (_request, response) => void response.json(['a note'])

  /** One service for all of these apps at a path: only the app around it is another each time. */
  const services = new Map<string, ReturnType<typeof serviceAt>>()
  const ends: (() => Promise<void> | void)[] = []
  afterAll(async () => {
    for (const end of ends.toReversed()) await end()
  })

  async function serviceAt(path: string) {
    let around = express()
    const { origin } = await serve((request, response) => around(request, response))
    const lines: string[] = []
    const announce = (line: string): unknown => lines.push(line)
    const auth = await keyhavenOf(origin, { url: origin + path, announce })
    ends.push(...closing.splice(0))
    return {
      auth,
      origin,
      lines,
      use: (app: Express) => {
        around = app
      },
    }
  }

  async function started(build: (app: Express, auth: Auth) => void, path = '/auth') {
    const service = services.get(path) ?? serviceAt(path)
    services.set(path, service)
    const { auth, origin, lines, use } = await service
    lines.length = 0
    const app = express()
    build(app, auth)
    use(app)
    const statusOf = async (at: string): Promise<number> => (await fetch(origin + at)).status
    return { statusOf, origin, mistakes: () => lines.filter((one) => one.includes('mounted at')) }
  }

  it.each<[string, (app: Express, auth: Auth) => void]>([
    ['app.use at the issuer’s path', (app, auth) => app.use('/auth', auth.express({ guard: '/' }))],
    ['app.use, with no guard named', (app, auth) => app.use('/auth', auth.express())],
    ['app.use in another case', (app, auth) => app.use('/AUTH', auth.express())],
    ['a wildcard route', (app, auth) => app.all('/auth/{*rest}', auth.express({ guard: '/' }))],
    [
      'a wildcard route behind one that goes on',
      (app, auth) => {
        app.all('/{*all}', (_request, _response, next) => next())
        app.all('/auth/{*rest}', auth.express({ guard: '/' }))
      },
    ],
    [
      'a handler that calls it on a wildcard route',
      (app, auth) => {
        const middleware = auth.express()
        app.all('/auth/{*rest}', (...call) => middleware(...call))
      },
    ],
    ['a route of one method', (app, auth) => app.get('/{*rest}', auth.express())],
    ['a route of one segment', (app, auth) => app.all('/auth/:any{/*rest}', auth.express())],
    [
      'a Router',
      (app, auth) => {
        const router = express.Router()
        router.use(auth.express({ guard: '/' }))
        app.use('/auth', router)
      },
    ],
    [
      'a Router that covers the service and not what is guarded',
      (app, auth) => {
        const router = express.Router()
        router.use(auth.express({ guard: '/api' }))
        app.use('/auth', router)
      },
    ],
    [
      'an app below an app',
      (app, auth) => {
        const inner = express()
        inner.use(auth.express())
        app.use('/auth', inner)
      },
    ],
  ])(
    '%s: every request is 500, and one line says how to mount (reports F1)',
    async (_how, build) => {
      const { statusOf, mistakes } = await started((app, auth) => {
        build(app, auth)
        app.get('/api/notes', notes)
      })
      for (const path of ['/auth/health/live', '/auth/user/current', '/auth/nothing']) {
        expect([path, await statusOf(path)]).toEqual([path, 500])
      }
      expect(mistakes()).toHaveLength(1)
      expect(mistakes()[0]).toContain('app.use(auth.express(…))')
    },
  )

  it('below a path that covers issuer and guard it works (reports F1)', async () => {
    for (const guard of ['/v1', '/v1/api/', '/V1']) {
      const { statusOf, mistakes } = await started((app, auth) => {
        const router = express.Router()
        router.use(auth.express({ guard }))
        router.get('/api/notes', notes)
        app.use('/v1', router)
        app.get('/open', notes)
      }, '/v1/auth')
      expect(await statusOf('/v1/auth/health/live')).toBe(200)
      expect(await statusOf('/v1/api/notes')).toBe(401)
      expect(await statusOf('/V1/API/notes')).toBe(401)
      expect(await statusOf('/open')).toBe(200)
      expect(mistakes()).toEqual([])
    }
  })

  it('without a path, as a whole route and behind a route that goes on it works (reports F1)', async () => {
    const ways: ((app: Express, auth: Auth) => unknown)[] = [
      (app, auth) => app.use('/', auth.express()),
      (app, auth) => app.all('/{*rest}', auth.express()),
      (app, auth) => {
        const middleware = auth.express()
        app.all('/{*rest}', (...call) => middleware(...call))
      },
      (app, auth) =>
        app
          .get('/api/notes', (_request, _response, next) => next())
          .use(auth.express({ guard: '/api' })),
    ]
    for (const way of ways) {
      const { statusOf, mistakes } = await started((app, auth) => {
        way(app, auth)
        app.get('/api/notes', notes)
      })
      expect(await statusOf('/auth/health/live')).toBe(200)
      expect(await statusOf('/api/notes')).toBe(401)
      expect(mistakes()).toEqual([])
    }
  })

  it('its metadata is beside the path too, where RFC 8414 §3.1 puts it, and nothing else (operator 28)', async () => {
    const { statusOf } = await started((app, auth) => app.use(auth.express({ guard: '/' })))
    const path = '/.well-known/oauth-authorization-server'
    expect(await statusOf(`${path}/auth?x`)).toBe(200)
    expect(await statusOf(`${path}/auth/x`)).toBe(401)
    expect(await statusOf(path)).toBe(401)
    expect(await statusOf('/')).toBe(401)
  })

  it('with the issuer at the root of a host the app’s own routes stay its own (source 15)', async () => {
    const { statusOf, origin } = await started((app, auth) => {
      app.use(auth.express({ public: ['GET /api/open'], guard: '/api' }))
      app.get(['/api/notes', '/api/open', '/page', '/sessionsx', '/accounts/a/b/c'], notes)
    }, '')
    expect(await statusOf('/health/live')).toBe(200)
    expect(await statusOf('/.well-known/jwks.json')).toBe(200)
    expect(await statusOf('/user/current')).toBe(401)
    expect(await statusOf('/user/current?x=1')).toBe(401)
    expect(await statusOf('/api/notes')).toBe(401)
    for (const path of ['/api/open', '/page', '/page?x', '/sessionsx', '/accounts/a/b/c']) {
      expect([path, await statusOf(path)]).toEqual([path, 200])
    }
    expect(await statusOf('/nothing')).toBe(404)
    const browser = await signedUp(origin, '')
    expect((await browser.ask('/api/notes')).status).toBe(200)
    expect((await browser.ask('/user/current')).status).toBe(200)
  })
})

describe('two cookies of different sessions (attacks 8)', () => {
  it('the session cookie decides at the app as at the service, for the XSRF token too', async () => {
    const { origin, browser: one } = await embedded((app, keyhaven) => {
      app.use(keyhaven.express({ public: ['GET /open'] }))
      app.get(['/me', '/open'], (request, response) => {
        response.json({ id: authIfAny(request)?.account.id })
      })
      app.post('/me', (request, response) => void response.json({ id: authOf(request).account.id }))
    })
    const other = await signedUp(origin, '/auth', 'b@example.com')
    const ids = [one.view.account.id, other.view.account.id]
    const mixed = new Map(other.jar)
    mixed.set('keyhaven', one.jar.get('keyhaven') ?? '')
    const cookie = [...mixed].map(([name, value]) => `${name}=${value}`).join('; ')
    const meet = async (path: string): Promise<unknown> => {
      const response = await fetch(origin + path, { headers: { cookie } })
      const body = (await response.json()) as { id?: string; account?: { id: string } }
      return body.id ?? body.account?.id
    }
    // A second time too: what was learnt of one pair must not count for another
    expect(await (await one.ask('/me')).json()).toEqual({ id: ids[0] })
    for (const path of ['/me', '/open', '/auth/user/current', '/me']) {
      expect([path, await meet(path)]).toEqual([path, ids[1]])
    }
    const post = (xsrf: string): Promise<Response> => {
      const headers = { cookie, origin, 'x-xsrf-token': xsrf }
      return fetch(`${origin}/me`, { method: 'POST', headers })
    }
    expect((await post(one.view.xsrfToken)).status).toBe(403)
    const changed = await post(other.view.xsrfToken)
    expect(await changed.json()).toEqual({ id: ids[1] })
  })

  it('a dead session cookie beside a good token is refused by both', async () => {
    const { origin, browser } = await embedded((app, keyhaven) => {
      app.use(keyhaven.express())
      app.get('/me', (_request, response) => void response.json({}))
    })
    const headers = { cookie: `keyhaven=${browser.jar.get('keyhaven')}; keyhaven-session=planted` }
    for (const path of ['/me', '/auth/user/current']) {
      expect([path, (await fetch(origin + path, { headers })).status]).toEqual([path, 401])
    }
  })
})

describe('the options of createKeyhaven', () => {
  it.each<[string, object, string]>([
    ['a misspelt setting', { cookiename: 'x' }, "did you mean 'cookieName'?"],
    ['claimsFor that is none', { claimsFor: {} }, 'claimsFor must be a function'],
    ['hooks that are none', { hooks: [] }, 'hooks must be an object'],
    ['a misspelt hook', { hooks: { beforeSingUp: () => {} } }, "did you mean 'beforeSignUp'?"],
    ['a hook that is none', { hooks: { afterSignIn: true } }, 'afterSignIn must be a function'],
    ['migrate as a text', { migrate: 'false' }, 'migrate must be true or false'],
    ['a logger that is none', { log: () => {} }, 'log must be a logger'],
    ['announce as a text', { announce: 'x' }, 'announce must be a function'],
    [
      'an access module that was not checked',
      { access: { scopes: [], roles: { admin: [] }, defaultRoles: [], rules: {} } },
      'is built in',
    ],
  ])(
    'refuse %s with a TypeError of one sentence (attacks 3, attacks 4)',
    async (_what, options, sentence) => {
      const folder = join(tmpdir(), 'keyhaven-that-is-never-made')
      const start = createKeyhaven({ data: folder, environment: {}, ...options } as never)
      await expect(start).rejects.toThrow(sentence)
      await expect(start).rejects.toBeInstanceOf(TypeError)
    },
  )
})

describe('an Express app around the service', () => {
  it('has what its guard refuses in the log and the figures of the service (operator 14)', async () => {
    const lines: string[] = []
    const log = pino({ level: 'info' }, { write: (line: string) => lines.push(line) })
    const { auth, browser } = await embedded(
      (app, keyhaven) => {
        app.use(keyhaven.express())
        app.get('/api/notes', keyhaven.require('notes:write'), (_, response) => void response.end())
      },
      { log },
    )
    await browser.ask('/api/notes')
    await browser.ask('/api/notes', {
      method: 'DELETE',
      headers: { origin: 'https://evil.example' },
    })
    const refused = lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ guard }) => guard === true)
    const call = { msg: 'refused', path: '/api/notes', peer: '127.0.0.1' }
    expect(refused).toMatchObject([
      { ...call, code: 'insufficient_scope', scope: 'notes:write' },
      { ...call, code: 'csrf_failed', check: 'origin', origin: 'https://evil.example' },
    ])
    expect(auth.guard.state().refusals).toEqual({ insufficient_scope: 1, csrf_failed: 1 })
  })
  it('says which of its headers pages of other origins may read (reports F7)', async () => {
    const { browser } = await embedded((app, keyhaven) => void app.use(keyhaven.express()), {
      exposeHeaders: ['ETag'],
    })
    const { headers } = await browser.ask('/api/notes')
    expect(headers.get('access-control-expose-headers')).toMatch(/, X-Request-Id, ETag$/)
  })
  it('may compress: events and their head come at once all the same (reports F5)', async () => {
    const { auth, browser, origin } = await embedded((app, keyhaven) => {
      app.use(compression({ threshold: 0 }))
      app.use(keyhaven.express())
      app.get('/api/long', (_, response) => void response.json('x'.repeat(2000)))
      // What docs/guides/guard.md shows for streams of an app's own
      app.get('/api/ticks', (_, response) => {
        response.writeHead(200, {
          'Content-Type': 'text/event-stream',
          'Cache-Control': 'no-store, no-transform',
          'X-Accel-Buffering': 'no',
        })
        response.write('data: tick\n\n')
      })
    })
    const headers = { 'accept-encoding': 'gzip, deflate, br, zstd' }
    const long = await browser.ask('/api/long', { headers })
    expect(long.headers.get('content-encoding')).toMatch(/^(br|gzip|zstd)$/)
    await long.text()
    const key = await auth.guards.add('elsewhere')
    const open = async (path: string, more: Record<string, string> = {}) => {
      const leave = new AbortController()
      closing.push(() => leave.abort())
      const { cookie } = browser.somebody
      const answer = await fetch(origin + path, {
        headers: { cookie, origin, ...headers, ...more },
        signal: AbortSignal.any([leave.signal, AbortSignal.timeout(10_000)]),
      })
      expect(answer.status, path).toBe(200)
      expect(answer.headers.get('content-encoding'), path).toBeNull()
      return answer.body?.pipeThrough(new TextDecoderStream()).getReader()
    }
    const events = await open('/auth/sessions/current/events')
    for (const reader of [
      events,
      await open('/auth/revocations', {
        authorization: `Bearer ${key}`,
        accept: 'text/event-stream',
      }),
      await open('/api/ticks'),
    ]) {
      expect((await reader?.read())?.value).toBeTruthy()
    }
    await auth.accounts.lock(browser.view.account.id, 'a reason')
    let told = ''
    for (let next = await events?.read(); next?.value; next = await events?.read())
      told += next.value
    expect(told).toContain('ended')
  })
})
