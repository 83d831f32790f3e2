/**
 * A small API behind a guard, in a process of its own: `GET /` for signed-in users, and the guard's state at
 * `GET /health`.
 */
import { createServer } from 'node:http'
import { createGuard } from '@keyhaven/guard'
import { authOf, nodeGuard } from '@keyhaven/guard/node'

const { ISSUER = '', REACH = ISSUER, FEED_KEY = '', AUDIENCE, PORT } = process.env
const guard = createGuard({
  issuer: ISSUER,
  reach: REACH,
  feedKey: FEED_KEY,
  ...(AUDIENCE !== undefined && { audience: AUDIENCE }),
})
const guarded = nodeGuard(guard, { public: ['GET /health'] })

const server = createServer(
  guarded((request, response) => {
    const isHealth = request.url === '/health'
    const body = isHealth ? guard.state() : { account: authOf(request).account.id }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
  }),
)
server.listen(Number(PORT), '127.0.0.1')
process.once('SIGTERM', () => {
  guard.close()
  server.close()
  server.closeAllConnections()
})
