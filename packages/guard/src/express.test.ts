import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { authIfAny, authOf, expressGuard } from './express.ts'
import { describe, expect, it } from 'vitest'
import { createGuard } from './index.ts'
import { guardSuite, notes, publicRoutes } from './lib/guard.suite.ts'

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
})
