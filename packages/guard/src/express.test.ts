import express from 'express'
import { authIfAny, authOf, expressGuard } from './express.ts'
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
