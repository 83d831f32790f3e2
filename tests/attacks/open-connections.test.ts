import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createGuard } from '@keyhaven/guard'
import type { Guard } from '@keyhaven/guard'
import { defineAccess } from '@keyhaven/core/access'
import { expressGuard } from '@keyhaven/guard/express'
import { nodeGuard } from '@keyhaven/guard/node'
import type { Handler } from '@keyhaven/guard/node'
import { authOf, CLOSE_CODE, wsGuard } from '@keyhaven/guard/ws'
import express from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { feedKey, startFeedIssuer } from '@keyhaven/stage/feed/feed-issuer'
import type { FeedIssuer } from '@keyhaven/stage/feed/feed-issuer'
import { until } from '@keyhaven/stage/processes/process'

const access = defineAccess({ scopes: ['notes:read', 'notes:admin'], roles: {}, rules: {} })
const scopeOf: Record<string, 'notes:admin'> = { '/admin': 'notes:admin' }

let issuer: FeedIssuer
let guard: Guard<typeof access>
const servers: Server[] = []

beforeAll(async () => {
  issuer = await startFeedIssuer()
  guard = createGuard({ issuer: issuer.issuer, feedKey, access, log: () => {} })
  await guard.ready()
})
afterAll(() => {
  guard.close()
  issuer.close()
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
})

async function listening(server: Server): Promise<string> {
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `localhost:${(server.address() as AddressInfo).port}`
}

/** Slow requests that have been admitted. */
const slow = new Set<string>()

/** A stream that begins, says a word now and then, and never ends by itself. */
const streaming: Handler = (request, response) => {
  if (request.url === '/quick') return response.end('{}')
  if (request.url?.startsWith('/slow')) {
    slow.add(request.url)
    return setTimeout(() => response.end('{}'), 1500)
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write('data: hello\n\n')
  if (request.url === '/download') {
    const more = (): void => {
      while (response.writable && response.write(Buffer.alloc(65_536)));
    }
    response.on('drain', more)
    more()
  }
  return undefined
}

/** Reads an answer until it ends; `ended` says whether it has. */
async function follow(address: string, token: string, path = '/stream') {
  const stop = new AbortController()
  const response = await fetch(`http://${address}${path}`, {
    headers: { authorization: `Bearer ${token}` },
    signal: stop.signal,
  })
  expect(response.status).toBe(200)
  const state = { ended: false }
  const read = async (): Promise<void> => {
    try {
      for await (const _piece of response.body ?? []);
    } catch {
      // A stream that is cut off is over too
    }
    state.ended = true
  }
  void read()
  return { state, stop: () => stop.abort() }
}

let session = 0
const newSession = (): string => `ses_${++session}`

// Most wait for a second or two: all wait together, but for the one that makes its issuer send a snapshot to all
describe.each([
  [
    'Express',
    () => {
      const app = express()
      app.use(expressGuard(guard))
      app.use(streaming)
      return app
    },
  ],
  ['node:http', () => nodeGuard(guard)(streaming)],
])('a stream behind the guard of %s (P22)', (_name, serve) => {
  let address: string
  beforeAll(async () => {
    address = await listening(createServer(serve()))
  })

  it.concurrent.each(['/stream', '/download'])(
    '%s ends within a second when its session does',
    async (path) => {
      const [sid, otherSid] = [newSession(), newSession()]
      const mine = await follow(address, issuer.token({ sid }), path)
      const other = await follow(address, issuer.token({ sid: otherSid }), path)
      issuer.revoke({ kind: 'sid', id: sid })
      await until('the end', () => mine.state.ended, 1)
      expect(other.state.ended).toBe(false)
      // One that was open for long ends at once
      const { promise: later, resolve } = Promise.withResolvers<void>()
      setTimeout(resolve, 1100)
      await later
      issuer.revoke({ kind: 'sid', id: otherSid })
      await until('the other end', () => other.state.ended, 1)
    },
  )

  it.concurrent.each([
    ['its token is', 'jti'],
    ['its client is', 'client_id'],
  ] as const)('ends when %s revoked', async (_what, kind) => {
    const id = `some-${kind}-${session++}`
    const mine = await follow(address, issuer.token({ sid: newSession(), [kind]: id }))
    issuer.revoke({ kind, id })
    await until('the end', () => mine.state.ended, 1)
  })

  it.concurrent('ends with the session, and not with the token while the session lives', async () => {
    const now = Math.floor(Date.now() / 1000)
    const short = await follow(
      address,
      issuer.token({ sid: newSession(), exp: now + 1, session_exp: now + 600 }),
    )
    const over = await follow(
      address,
      issuer.token({ sid: newSession(), exp: now + 2, session_exp: now + 2 }),
    )
    await until('the session’s end', () => over.state.ended)
    expect(short.state.ended).toBe(false)
    short.stop()
  })

  it.concurrent('leaves other requests of the connection alone, and answers that had not begun', async () => {
    const sid = newSession()
    const headers = { authorization: `Bearer ${issuer.token({ sid })}` }
    expect((await fetch(`http://${address}/quick`, { headers })).status).toBe(200)
    const path = `/slow?${sid}`
    const answer = fetch(`http://${address}${path}`, { headers })
    await until('its admission', () => slow.has(path))
    issuer.revoke({ kind: 'sid', id: sid })
    await until('the entry', async () => {
      const { status } = await fetch(`http://${address}/quick`, { headers })
      return status === 401
    })
    expect((await answer).status).toBe(200)
  })

  it('ends after a snapshot if its token has expired: an entry may have been missed', async () => {
    const now = Math.floor(Date.now() / 1000)
    // In its leeway of 5 s the token is good; its end is `exp` and that
    const claims = { sid: newSession(), iat: now - 600, exp: now - 3 }
    const short = await follow(address, issuer.token(claims))
    const long = await follow(address, issuer.token({ sid: newSession() }))
    await until('the token’s end', () => Date.now() > (now + 3) * 1000)
    expect(short.state.ended).toBe(false)
    const asked = issuer.requests.length
    issuer.become({ log: `log-${session++}` })
    await until('a snapshot', () => issuer.requests.length > asked)
    await until('the end', () => short.state.ended, 2)
    expect(long.state.ended).toBe(false)
    long.stop()
  })
})

describe('a web socket behind the guard (P22)', () => {
  let address: string
  const heard: string[] = []
  beforeAll(async () => {
    const sockets = new WebSocketServer({ noServer: true })
    sockets.on('connection', (socket, request) => {
      const { account } = authOf(request)
      socket.on('message', (data: Buffer) => heard.push(data.toString()))
      socket.send(account.id)
    })
    const server = createServer()
    const plain = wsGuard(guard, sockets, { scope: 'notes:read' })
    server.on('upgrade', (request, socket, head) => {
      const scope = scopeOf[request.url ?? '']
      const listener = scope === undefined ? plain : wsGuard(guard, sockets, { scope })
      listener(request, socket, head)
    })
    address = await listening(server)
  })

  interface Opened {
    readonly socket: WebSocket
    readonly said: string
  }
  /** Opens a socket; what is refused is told as `status code`. */
  function open(headers: Record<string, string>, path = '/'): Promise<Opened | string> {
    const socket = new WebSocket(`ws://${address}${path}`, { headers })
    return new Promise((resolve, reject) => {
      socket.on('message', (data: Buffer) => resolve({ socket, said: data.toString() }))
      socket.on('unexpected-response', (_request, response) => {
        let text = ''
        response.on('data', (piece: Buffer) => (text += piece.toString()))
        response.on('end', () => {
          const { code } = JSON.parse(text) as { code: string }
          resolve(`${response.statusCode} ${code}`)
        })
      })
      socket.on('error', reject)
    })
  }
  const cookieToken = (sid: string): string =>
    issuer.token({ sid, xsrf: 'x'.repeat(43), aud: [issuer.issuer, new URL(issuer.issuer).origin] })
  const cookie = (sid: string, origin?: string): Record<string, string> => ({
    cookie: `keyhaven=${cookieToken(sid)}`,
    ...(origin !== undefined && { origin }),
  })
  const bearer = (sid: string): Record<string, string> => ({
    authorization: `Bearer ${issuer.token({ sid })}`,
  })

  it('opens for our own pages by cookie, and for bearers; authOf knows who it is', async () => {
    const ours = await open(cookie(newSession(), 'https://app.example'))
    expect(ours).toMatchObject({ said: 'acc_1' })
    expect(await open(bearer(newSession()))).toMatchObject({ said: 'acc_1' })
  })

  it.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['no origin', {}],
    ['Origin null', { origin: 'null' }],
    ['no origin but Sec-Fetch-Site same-origin', { 'sec-fetch-site': 'same-origin' }],
  ])('is refused with our cookie from %s', async (_what, more) => {
    const headers = { ...cookie(newSession()), ...(more as Record<string, string>) }
    expect(await open(headers)).toBe('403 csrf_failed')
  })

  it('is refused as plain HTTP without a credential, with a dead one, and without the scope', async () => {
    expect(await open({})).toBe('401 not_signed_in')
    expect(await open({ authorization: 'Bearer nonsense' })).toBe('401 token_invalid')
    expect(await open(bearer(newSession()), '/admin')).toBe('403 insufficient_scope')
    const sid = newSession()
    issuer.revoke({ kind: 'sid', id: sid })
    await until('the refusal', async () => (await open(bearer(sid))) === '401 session_ended')
  })

  it('is closed with 4401 when its carrier dies, and says nothing more to the handler', async () => {
    const sid = newSession()
    const opened = await open(cookie(sid, 'https://app.example'))
    if (typeof opened === 'string') throw new Error(opened)
    const { socket } = opened
    socket.send('before')
    await until('the message', () => heard.includes('before'))
    const closed = once(socket, 'close') as Promise<[number, Buffer]>
    issuer.revoke({ kind: 'sid', id: sid })
    const insists = setInterval(() => socket.readyState === socket.OPEN && socket.send('after'), 1)
    const [code, reason] = await closed
    clearInterval(insists)
    expect([code, reason.toString()]).toEqual([CLOSE_CODE, 'session_ended'])
    expect(CLOSE_CODE).toBe(4401)
    const { length } = heard
    expect(await open(bearer(newSession()))).toMatchObject({ said: 'acc_1' })
    expect(heard.length).toBe(length)
  })
})
