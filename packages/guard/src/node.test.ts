import { guardSuite, notes, publicRoutes } from './lib/guard.suite.ts'
import { authOf, nodeGuard } from './node.ts'
import type { Handler } from './node.ts'

guardSuite('nodeGuard', (guard) => {
  const api = nodeGuard(guard, { public: publicRoutes })
  const ok: Handler = (_request, response) => void response.end('{}')
  const who =
    (status: number): Handler =>
    (request, response) => {
      const { account, session } = authOf(request)
      response.writeHead(status).end(JSON.stringify({ account: account.id, session: session?.id }))
    }
  const read = api.require('notes:read', who(200))
  const admin = api.require('notes:admin', who(200))
  const write = api.require('notes:write', (q) => notes[q.url?.split('/')[2] ?? ''], who(200))
  return api((request, response) => {
    const { url = '', method } = request
    if (/^\/(health|hello|files)/.test(url)) return ok(request, response)
    if (url === '/admin') return admin(request, response)
    if (method === 'PUT') return write(request, response)
    return method === 'POST' ? who(201)(request, response) : read(request, response)
  })
})
