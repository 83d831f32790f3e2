import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { authIfAny, authOf, expressGuard } from '@keyhaven/guard/express'
import { describe, expect, it } from 'vitest'
import { createGuard } from '@keyhaven/guard'
import type { Guard } from '@keyhaven/guard'
import { access, guardSuite, notes, publicRoutes } from './guard.suite.ts'
import { raw } from './test-issuer.ts'
import { nodeGuard } from '@keyhaven/guard/node'
import { wsGuard } from '@keyhaven/guard/ws'

guardSuite('expressGuard', (guard) => {
  const app = express()
  const api = expressGuard(guard, { public: publicRoutes })
  const who = (request: express.Request) => {
    const { account, session } = authOf(request)
    return { account: account.id, session: session?.id }
  }
  app.get('/optional', api.optional, (request, response) => {
    response.json({ account: authIfAny(request)?.account.id ?? null })
  })
  app.use(api)
  const override: express.RequestHandler = (request, _response, next) => {
    request.method = request.get('x-http-method-override') ?? request.method
    next()
  }
  app.all('/overridden', override, api.require('notes:read'), (q, r) => void r.json(who(q)))
  app.get(['/health', '/hello/:name', '/files/{*path}'], (_q, response) => void response.json({}))
  app.get('/notes', api.require('notes:read'), (q, response) => void response.json(who(q)))
  app.post('/notes', (q, response) => void response.status(201).json(who(q)))
  app.put(
    '/notes/:id',
    api.require('notes:write', (q) => notes[String(q.params['id'])]),
    (q, response) => void response.json(who(q)),
  )
  app.get('/admin', api.require('notes:admin'), (q, response) => void response.json(who(q)))
  return app
})

describe('expressGuard with a prefix', () => {
  it('guards it in every spelling by which a router may find it, and nothing beside it', async () => {
    const guard = createGuard({ issuer: 'http://localhost:1/auth', log: () => {} })
    const app = express()
    app.use(expressGuard(guard, { guard: '/api' }))
    app.use((_request, response) => void response.json({}))
    const server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    // The issuer is away: what is guarded is 503, what is not is answered
    for (const path of ['/api', '/api/', '/api/x', '/API/x', '/aPi', '/%61pi/x', '/%zz']) {
      expect([path, (await fetch(base + path)).status]).toEqual([path, 503])
    }
    for (const path of ['/', '/apis', '/other/api', '/page']) {
      expect([path, (await fetch(base + path)).status]).toEqual([path, 200])
    }
    server.close()
  })

  it('is not got round by a spelling that a router reads as a path below it (attacks 3)', async () => {
    const guard = createGuard({ issuer: 'http://localhost:1/auth', log: () => {} })
    const app = express()
    app.use(expressGuard(guard, { guard: '/api/' }))
    const secret: express.RequestHandler = (_request, response) => void response.end('the secret')
    app.get(['/api', '/api/secret'], secret)
    app.use('/api', secret)
    const server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const spellings = [
      '/api',
      '/API/secret',
      '/api/secret/',
      '/api/Secret?x=/../..',
      '/api#x',
      '/api\xa0',
      '/api\t',
      '/api\f',
      '/\xa0api/secret',
      '/api/secret\xa0',
      '//api/secret',
      '/./api/secret',
      '/x/../api/secret',
      '/%61pi/secret',
      '/api%2fsecret',
      '/api%2Fsecret',
      '/x%5c..%5capi',
      '\\api\\secret',
      '/\\api/secret',
      'http://localhost/api/secret',
      'HTTP://localhost/API/secret',
      'http://localhost//api/secret',
    ]
    for (const spelling of spellings) {
      const head = `GET ${spelling} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`
      const answer = await raw(port, head)
      expect([spelling, answer.includes('the secret')]).toEqual([spelling, false])
    }
    server.close()
  })

  it('says at the first request what a mount can’t keep: routes beside it, patterns that match nothing (reports F1)', async () => {
    const lines: string[] = []
    const guard = createGuard({
      issuer: 'http://localhost:1/auth',
      log: (line) => lines.push(line),
    })
    const router = express.Router()
    router.use(expressGuard(guard, { public: ['GET /health', 'GET /v1/open'] }))
    const app = express()
    app.use('/v1', router)
    app.use(expressGuard(guard, { guard: '/v2' }))
    const server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    for (let at = 0; at < 3; at++) await fetch(`${base}/v1/health`)
    const told = lines.filter((line) => line.includes('mounted at'))
    expect(told).toEqual([
      'mounted at /v1: only routes below /v1 are guarded here, not all below /; to guard all, mount it without a path',
      "mounted at /v1: the public route 'GET /health' matches nothing here: patterns are whole paths, so write 'GET /v1/health'",
    ])
    server.close()
  })
})

describe('require', () => {
  const open = createGuard({ issuer: 'http://localhost:1/auth', log: () => {} })
  const typed = createGuard({ issuer: 'http://localhost:1/auth', access, log: () => {} })
  const sockets = { handleUpgrade: () => {}, emit: () => true }
  const doors: [string, (guard: Guard, scope: unknown) => unknown][] = [
    ['expressGuard', (guard, scope) => expressGuard(guard).require(scope as string)],
    ['nodeGuard', (guard, scope) => nodeGuard(guard).require(scope as string, () => {})],
    ['wsGuard', (guard, scope) => wsGuard(guard, sockets, { scope: scope as string })],
  ]
  it.each(doors)(
    'of %s names the nearest declared scope if its scope is not declared (10a)',
    (name, require) => {
      const wrong: [unknown, string][] = [
        ['notes:raed', "the nearest declared one is 'notes:read'"],
        ['Notes:write', "the nearest declared one is 'notes:write'"],
        ['notes:*', 'is a wildcard'],
        ['*', 'is a wildcard'],
        ['keyhaven:*', 'is a wildcard'],
        ['keyhaven:audit:raed', "the nearest declared one is 'keyhaven:audit:read'"],
        ['something-else-altogether', 'the nearest declared one is'],
        ['constructor', 'is no declared scope'],
        ['__proto__', 'is no declared scope'],
        ['', 'needs the name of a scope'],
        [null, 'needs the name of a scope'],
        [['notes:read'], 'needs the name of a scope'],
      ]
      for (const [scope, sentence] of wrong) {
        const make = (): unknown => require(typed as unknown as Guard, scope)
        expect(make).toThrow(TypeError)
        expect(make).toThrow(sentence)
      }
      if (name !== 'wsGuard') expect(() => require(open, undefined)).toThrow('needs the name')
      for (const scope of ['notes:read', 'keyhaven:audit:read']) {
        require(typed as unknown as Guard, scope)
      }
      // Without an access module no names are known: only their form is
      require(open, 'reports:read')
      for (const scope of ['notes:*', 'a b', ''])
        expect(() => require(open, scope)).toThrow(TypeError)
    },
  )

  it('names the function that was called in a message about its options (operator part 4)', () => {
    const slip = { publik: [] } as never
    expect(() => expressGuard(typed, slip)).toThrow(/^expressGuard: 'publik'/)
    expect(() => expressGuard({} as never)).toThrow(/^expressGuard: the first argument/)
    expect(() => nodeGuard(typed, slip)).toThrow(/^nodeGuard: 'publik'/)
    expect(() => nodeGuard({} as never)).toThrow(/^nodeGuard: the first argument/)
  })

  it('takes functions as handlers and loaders only, and guards only as guards', () => {
    const wrong = [
      () => expressGuard(typed).require('notes:write', 'n1' as never),
      () => nodeGuard(typed).require('notes:read', undefined as never),
      () => nodeGuard(typed).require('notes:write', {} as never, () => {}),
      () => nodeGuard(typed)(undefined as never),
      () => nodeGuard(typed).optional('x' as never),
      () => expressGuard({} as never),
      () => nodeGuard(undefined as never),
      () => wsGuard({} as never, sockets),
      () => wsGuard(typed, {} as never),
      () => wsGuard(typed, sockets, { scopes: 'notes:read' } as never),
      () => expressGuard(typed, { prefix: '/api' } as never),
    ]
    for (const make of wrong) expect(make).toThrow(TypeError)
  })

  it('of a scope with a rule but no loader logs at start that every request is refused (browser F2)', () => {
    const lines: string[] = []
    const log = (line: string): void => void lines.push(line)
    const guard = createGuard({ issuer: 'http://localhost:1/auth', access, log })
    const loose = expressGuard(guard as unknown as Guard).require
    for (const scope of ['notes:read', 'keyhaven:audit:read']) loose(scope)
    expressGuard(guard).require('notes:write', () => undefined)
    const told = (): string[] => lines.filter((line) => line.startsWith('require:'))
    expect(told()).toEqual([])
    const sentence =
      "require: 'notes:write' has a rule and no loader for its resource, so every request is refused with 403: pass the loader as the next argument"
    loose('notes:write')
    expect(told()).toEqual([sentence])
    nodeGuard(guard as unknown as Guard).require('notes:write', () => {})
    expect(told()).toEqual([sentence, sentence])
    const socket = (): unknown =>
      wsGuard(guard as unknown as Guard, sockets, { scope: 'notes:write' })
    expect(socket).toThrow(TypeError)
    expect(socket).toThrow("wsGuard: 'notes:write' has a rule")
  })
})
