/** Node's own HTTP server with one small JSON answer: the upper limit for every service. */
import { createServer } from 'node:http'

const body = JSON.stringify({ ok: true })
const server = createServer((_request, response) => {
  response.setHeader('content-type', 'application/json').end(body)
})
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address()
  process.stdout.write(`ready at http://127.0.0.1:${port}\n`)
})
