import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { problemOf } from '@keyhaven/core/errors'
import type { ErrorCode, ErrorDetails } from '@keyhaven/core/errors'
import type { SessionView } from '@keyhaven/core/wire'

/** What a person's page is told. */
export const view: SessionView = {
  account: {
    href: '/accounts/acc_1',
    id: 'acc_1',
    email: 'a@example.com',
    emailVerified: true,
    status: 'active',
  },
  claims: { iss: '', sub: '', aud: [], exp: 0, iat: 0, client_id: 'web' },
  scope: ['notes:read', 'notes:write'],
  roles: ['editor'],
  xsrfToken: 'xsrf-1',
  session: {
    id: 'ses_1',
    createdAt: '',
    authTime: '',
    amr: ['pwd'],
    expiresIn: 600,
    renewIn: 400,
    idleExpiresIn: 28_800,
  },
}

/** The view of another account, in another session. */
export const otherView: SessionView = {
  ...view,
  account: { ...view.account, id: 'acc_2', email: 'b@example.com' },
  xsrfToken: 'xsrf-2',
  session: { ...view.session, id: 'ses_2' },
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void

export function ok(status: number, body: unknown): Answer {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
}

export function refuse(code: ErrorCode): Answer {
  return refuseWith(code, {})
}

/** The same, with members that only some refusals have. */
export function refuseWith(code: ErrorCode, details: ErrorDetails): Answer {
  return (_request, response) => {
    const body = problemOf(code, details)
    const type = 'application/problem+json; charset=utf-8'
    response.writeHead(body.status, { 'content-type': type }).end(JSON.stringify(body))
  }
}

export const html: Answer = (_request, response) => {
  response.writeHead(401, { 'content-type': 'text/html' }).end('<h1>Portal</h1>')
}
export const cut: Answer = (request) => void request.socket.destroy()
export const gone: Answer = (_request, response) => void response.writeHead(204).end()

/** Refuses as the service does where the XSRF token is not the session's. */
export function guarded(answer: Answer): Answer {
  return (request, response) => {
    const right = request.headers['x-xsrf-token'] === 'xsrf-1'
    const chosen = right ? answer : refuse('csrf_failed')
    chosen(request, response)
  }
}

/** Holds an answer back until the test lets it go. */
export function held(answer: Answer): {
  answer: Answer
  come: Promise<void>
  release: () => void
} {
  const [come, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  return {
    come: come.promise,
    release: gate.resolve,
    answer: (request, response) => {
      come.resolve()
      void gate.promise.then(() => answer(request, response))
    },
  }
}

/** A call that the server has seen. */
export interface Seen {
  readonly line: string
  readonly xsrf: string | undefined
  readonly background: boolean
  readonly body: string
}

/** A real server that speaks as the service does; each test says what it answers. */
export interface TestService {
  readonly answers: Map<string, Answer>
  readonly calls: Seen[]
  readonly count: (line: string) => number
  readonly origin: () => string
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
}

export const ME = 'GET /auth/user/current'

export function createTestService(): TestService {
  const answers = new Map<string, Answer>()
  const calls: Seen[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const line = `${request.method} ${request.url}`
      const { 'x-xsrf-token': xsrf, 'keyhaven-background': background } = request.headers
      calls.push({ line, xsrf: xsrf as string | undefined, background: background === '1', body })
      const answer = answers.get(line) ?? refuse('not_found')
      answer(request, response)
    })
  })
  return {
    answers,
    calls,
    count: (line) => calls.filter((call) => call.line === line).length,
    origin: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    start: async () => {
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      answers.clear()
      calls.length = 0
      answers.set(ME, ok(200, view))
    },
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
