import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, request as send } from 'node:http'
import type { IncomingMessage, RequestListener, Server } from 'node:http'
import { defineAccess } from '@keyhaven/core/access'
import express from 'express'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { createGuard } from '@keyhaven/guard'
import type { Guard } from '@keyhaven/guard'
import { authOf, expressGuard } from '@keyhaven/guard/express'
import { nodeGuard } from '@keyhaven/guard/node'
import { wsGuard } from '@keyhaven/guard/ws'
import { feedKey, startFeedIssuer } from '@keyhaven/stage/feed/feed-issuer'
import type { FeedIssuer } from '@keyhaven/stage/feed/feed-issuer'
import { until } from '@keyhaven/stage/processes/process'
import { listening } from './test-issuer.ts'

const access = defineAccess({ scopes: ['notes:read', 'notes:write'], roles: {} })

let issuer: FeedIssuer
let guard: Guard<typeof access>
const servers: Server[] = []
/** The adapters, by the address of an API behind each. */
const bases: Record<string, string> = {}
/** The addresses that handlers and loggers saw. */
const seen: string[] = []
const lines: string[] = []

beforeAll(async () => {
  issuer = await startFeedIssuer()
  guard = createGuard({
    issuer: issuer.issuer,
    feedKey,
    access,
    trustProxy: ['127.0.0.1'],
    log: (line) => lines.push(line),
    onRefused: (refused) => lines.push(JSON.stringify(refused)),
  })
  const server = createServer(onNode())
  server.on('upgrade', wsGuard(guard, socketServer()))
  servers.push(server, createServer(onExpress()))
  bases['nodeGuard'] = await listening(servers[0] as Server)
  bases['expressGuard'] = await listening(servers[1] as Server)
  await guard.ready()
})
beforeEach(() => {
  seen.length = 0
})
afterAll(() => {
  guard.close()
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
  issuer.close()
})

function socketServer(): WebSocketServer {
  const sockets = new WebSocketServer({ noServer: true })
  sockets.on('connection', (socket, request) => {
    seen.push(request.url ?? '')
    socket.send(authOf(request).account.id)
  })
  return sockets
}

function onNode(): RequestListener {
  const api = nodeGuard(guard)
  return api((request, response) => {
    seen.push(request.url ?? '')
    if (request.url?.startsWith('/stream')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': open\n\n')
      return
    }
    response.end(authOf(request).account.id)
  })
}

function onExpress(): RequestListener {
  const app = express()
  app.use(expressGuard(guard))
  app.use((request, response) => {
    seen.push(request.url, request.originalUrl, JSON.stringify(request.query))
    response.end(authOf(request).account.id)
  })
  return app
}

interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
}

async function get(url: string, { method = 'GET', headers = {} }: Sent = {}): Promise<Answer> {
  const response = await fetch(url, { method, headers })
  return { status: response.status, headers: response.headers, body: await response.text() }
}

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

const at = (path: string, adapter = 'nodeGuard'): string =>
  `${bases[adapter]}${path}`.replace('127.0.0.1', 'localhost')

/** What opens a web socket (RFC 6455 §4.1). */
const upgrading = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
}

/** An address with a ticket for it. */
function ticketed(url: string, change: object = {}): string {
  return `${url}${url.includes('?') ? '&' : '?'}ticket=${issuer.tickets.make(url, change)}`
}

describe.each(['nodeGuard', 'expressGuard'])('a ticket at %s', (adapter) => {
  it('opens its address for a minute, is redeemed once, and no handler sees it (H40, P21)', async () => {
    const url = ticketed(at('/photo?size=1', adapter))
    const first = await get(url)
    expect([first.status, first.body]).toEqual([200, 'acc_1'])
    expect(first.headers.get('referrer-policy')).toBe('no-referrer')
    expect(first.headers.get('cache-control')).toBe('private, no-store')
    const count = issuer.tickets.redeemed.length
    expect((await get(url, { headers: { range: 'bytes=5-' } })).status).toBe(200)
    expect((await get(url, { method: 'HEAD' })).status).toBe(200)
    expect(issuer.tickets.redeemed).toHaveLength(count)
    expect(seen.length).toBeGreaterThan(0)
    expect(seen.join()).not.toContain('kht_')
    expect(seen[0]).toBe('/photo?size=1')
  })

  it('is refused for another address, method or machine, and alone is no credential elsewhere', async () => {
    const url = ticketed(at('/photo', adapter))
    expect((await get(url)).status).toBe(200)
    const ticket = new URL(url).searchParams.get('ticket')
    for (const other of [`/photo?a=1&ticket=${ticket}`, `/photos?ticket=${ticket}`, '/photo']) {
      expect((await get(at(other, adapter))).status, other).toBe(401)
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      expect((await get(url, { method })).status, method).toBe(401)
    }
    expect((await get(url, { headers: { 'x-forwarded-for': '203.0.113.9' } })).status).toBe(401)
    expect((await get(`${url}&ticket=${ticket}`)).status).toBe(401)
    expect((await get(at(`/photo?ticket=${ticket}x`, adapter))).status).toBe(401)
    expect(
      (await get(at('/photo', adapter), { headers: { cookie: `ticket=${ticket}` } })).status,
    ).toBe(401)
    const asBearer = { headers: { authorization: `Bearer ${ticket}` } }
    expect((await get(at('/photo', adapter), asBearer)).status).toBe(401)
  })

  it('does not count beside another credential, even a planted one', async () => {
    const url = ticketed(at('/photo', adapter))
    const count = issuer.tickets.redeemed.length
    const planted = await get(url, { headers: { cookie: 'keyhaven=planted' } })
    expect(planted.status).toBe(401)
    const bob = issuer.token({ sub: `${issuer.issuer}/accounts/acc_2` })
    const both = await get(url, { headers: { authorization: `Bearer ${bob}` } })
    expect([both.status, both.body]).toEqual([200, 'acc_2'])
    expect(issuer.tickets.redeemed).toHaveLength(count)
    expect(seen.join()).not.toContain('kht_')
    // It is still good
    expect((await get(url)).status).toBe(200)
  })
})

describe('a ticket at a guard', () => {
  it('is refused once its token has expired or is revoked, or is for another API', async () => {
    const now = Math.floor(Date.now() / 1000)
    expect((await get(ticketed(at('/a'), { exp: now - 30 }))).status).toBe(401)
    expect((await get(ticketed(at('/b'), { aud: ['https://other.example'] }))).status).toBe(401)
    const url = ticketed(at('/c'), { jti: 'ticket-to-revoke' })
    expect((await get(url)).status).toBe(200)
    issuer.revoke({ kind: 'jti', id: 'ticket-to-revoke' })
    await until('the ticket is refused', async () => (await get(url)).status === 401)
  })

  it('opens nothing at a path that only a program writes, which handlers would read otherwise (H40)', async () => {
    const address = at('/live')
    const ticket = issuer.tickets.make(address)
    const count = issuer.tickets.redeemed.length
    for (const path of ['/x/../live', '/./live', '/%2e/live', '/live#x', '/x\\..\\live']) {
      const sent = { path: `${path}?ticket=${ticket}`, headers: upgrading }
      const [refused] = (await once(send(address, sent).end(), 'response')) as [IncomingMessage]
      expect(refused.resume().statusCode, path).toBe(401)
    }
    expect(issuer.tickets.redeemed).toHaveLength(count)
    expect(seen).toEqual([])
  })

  it('is redeemed while another network sends random ones', async () => {
    const headers = { 'x-forwarded-for': '198.51.100.7' }
    const random = () => `/flood?ticket=kht_${randomBytes(32).toString('base64url')}`
    const flood = await Promise.all(
      Array.from({ length: 60 }, () => get(at(random()), { headers })),
    )
    expect(new Set(flood.map(({ status }) => status))).toEqual(new Set([401, 503]))
    expect((await get(ticketed(at('/flooded')))).status).toBe(200)
  })

  it('is refused if the address of the client is not known, and stays unused (H40)', async () => {
    const url = ticketed(at('/nowhere'))
    const { host, pathname, search } = new URL(url)
    const header = (name: string) => (name === 'host' ? host : undefined)
    const request = { method: 'GET', url: pathname + search, header }
    for (const peer of [undefined, () => undefined, () => '']) {
      const settled = await guard.settle({ ...request, ...(peer && { peer }) })
      expect(settled.ok ? 'ok' : settled.refused.code).toBe('token_invalid')
    }
    expect((await get(url)).status).toBe(200)
  })

  it('of parallel requests is redeemed once', async () => {
    const url = ticketed(at('/parallel'))
    const count = issuer.tickets.redeemed.length
    const answers = await Promise.all(Array.from({ length: 8 }, () => get(url)))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200))
    expect(issuer.tickets.redeemed).toHaveLength(count + 1)
  })

  it('leaves parameters of the application alone', async () => {
    const token = { headers: { authorization: `Bearer ${issuer.token()}` } }
    expect((await get(at('/support?ticket=17'), token)).status).toBe(200)
    expect(seen).toEqual(['/support?ticket=17'])
    expect((await get(at('/support?ticket=17'))).status).toBe(401)
  })

  it('is in no log, neither good nor refused', async () => {
    await get(at(`/refused?ticket=kht_${'a'.repeat(43)}`))
    expect(lines.some((line) => line.includes('/refused'))).toBe(true)
    expect(lines.join()).not.toContain('kht_')
  })

  it('opens a stream and a socket, which end with its token (P22)', async () => {
    const streamUrl = ticketed(at('/stream'), { jti: 'stream-jti' })
    const [stream] = (await once(send(streamUrl).end(), 'response')) as [IncomingMessage]
    expect(stream.statusCode).toBe(200)
    const ended = once(stream.resume(), 'end')
    const address = at('/live')
    const ticket = issuer.tickets.make(address, { jti: 'socket-jti' })
    const socket = new WebSocket(`${address.replace('http', 'ws')}?ticket=${ticket}`)
    const [message] = (await once(socket, 'message')) as [Buffer]
    expect(String(message)).toBe('acc_1')
    expect(seen).toContain('/live')
    const closed = once(socket, 'close')
    issuer.revoke({ kind: 'jti', id: 'stream-jti' })
    issuer.revoke({ kind: 'jti', id: 'socket-jti' })
    await ended
    expect(((await closed) as [number])[0]).toBe(4401)
  })
})
