import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { generateSigningKey, publicJwks } from '@keyhaven/core'
import type { SigningKey } from '@keyhaven/core'

/** A service for guards: real HTTP, real keys, answers that a test can change. */
export async function startIssuer() {
  const key = generateSigningKey('ES256')
  const calls: string[] = []
  let keys: readonly SigningKey[] = [key]
  let origin = ''
  let respond: RequestListener | undefined
  const server = createServer((request, response) => {
    calls.push(request.url ?? '')
    if (respond) return respond(request, response)
    const metadata = {
      issuer: `${origin}/auth`,
      keyhaven_cookie: { access: 'keyhaven', session: 'keyhaven-session' },
      keyhaven_origins: ['https://app.example'],
      keyhaven_bearer_origins: ['capacitor://localhost', 'https://partner.example'],
      keyhaven_access_ttl: 600,
      scopes_supported: ['notes:read'],
    }
    const body = request.url?.endsWith('jwks.json') ? publicJwks(keys) : metadata
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
  })
  origin = await listening(server)
  return {
    issuer: `${origin}/auth`,
    key,
    calls,
    publish: (next: readonly SigningKey[]) => {
      keys = next
    },
    answerWith: (listener: RequestListener | undefined) => {
      respond = listener
    },
    close: () => server.close(),
  }
}

export async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

/** Sends bytes as they are, and reads the answer. */
export async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.end(text, 'latin1')
  let answer = ''
  for await (const chunk of socket) answer += String(chunk)
  return answer
}
