import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import { issueAccessToken } from '@keyhaven/core'
import express from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { authIfAny, authOf, expressGuard } from '@keyhaven/guard/express'
import { createGuard } from '@keyhaven/guard'
import type { Guard } from '@keyhaven/guard'
import { listening, startIssuer } from './test-issuer.ts'
import { nodeGuard } from '@keyhaven/guard/node'
import { authOf as socketAuthOf, wsGuard } from '@keyhaven/guard/ws'

type Issuer = Awaited<ReturnType<typeof startIssuer>>

const audience = 'https://admin.test'
const closing: (() => unknown)[] = []
let issuerA: Issuer
let issuerB: Issuer
let a: Guard
let b: Guard
let other: Guard

beforeAll(async () => {
  issuerA = await startIssuer()
  issuerB = await startIssuer()
  const log = (): void => {}
  a = createGuard({ issuer: issuerA.issuer, log })
  b = createGuard({ issuer: issuerB.issuer, log })
  other = createGuard({ issuer: issuerA.issuer, audience, log })
  await Promise.all([a, b, other].map((guard) => guard.ready()))
})
afterAll(() => {
  for (const close of closing) close()
  for (const one of [issuerA, issuerB]) one.close()
  for (const guard of [a, b, other]) guard.close()
})

function tokenOf({ issuer, key }: Issuer, who: string): string {
  const now = Math.floor(Date.now() / 1000)
  const claims = {
    iss: issuer,
    sub: `${issuer}/accounts/${who}`,
    aud: [issuer, new URL(issuer).origin],
    exp: now + 600,
    iat: now,
    jti: who,
    client_id: 'web',
    scope: 'notes:admin',
    xsrf: 'x',
  }
  return issueAccessToken(claims, key)
}

const bearer = (issuer: Issuer): Record<string, string> => ({
  authorization: `Bearer ${tokenOf(issuer, 'bearer')}`,
})
const cookie = (issuer: Issuer): Record<string, string> => ({
  cookie: `keyhaven=${tokenOf(issuer, 'cookie')}`,
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  closing.push(() => server.close())
  return listening(server)
}

/** An Express app whose routes answer who sent the request, by `authOf` and by `authIfAny`. */
async function app(build: (app: express.Express, who: express.RequestHandler) => void) {
  const site = express()
  build(site, (request, response) => {
    const account = authIfAny(request)?.account
    const strict = account === undefined ? null : authOf(request).account.href
    response.json({ who: account?.href ?? null, strict })
  })
  return serve(site)
}

async function ask(url: string, headers: Record<string, string> = {}): Promise<unknown> {
  const response = await fetch(url, { headers })
  if (response.status !== 200) return response.status
  const { who, strict } = (await response.json()) as Record<string, unknown>
  expect(who).toBe(strict)
  return who
}

const hrefOf = ({ issuer }: Issuer, who: string): string => `${issuer}/accounts/${who}`

describe('two guards in one Express app (attacks 2)', () => {
  it('of two issuers: what one let in, on a private or a public route, opens nothing at the other', async () => {
    const [ga, gb] = [expressGuard(a, { public: ['GET /open'] }), expressGuard(b)]
    const base = await app((site, who) => {
      site.use(ga)
      site.get(['/admin', '/open'], gb.require('notes:admin'), who)
      site.get('/both', gb.require('notes:admin'), ga.require('notes:admin'), who)
    })
    for (const path of ['/admin', '/open', '/both']) {
      expect([path, await ask(base + path, bearer(issuerA))]).toEqual([path, 401])
    }
    expect(await ask(`${base}/open`, bearer(issuerB))).toBe(hrefOf(issuerB, 'bearer'))
    expect(await ask(`${base}/admin`, bearer(issuerB))).toBe(401)
  })

  it('of two audiences of one issuer: a token of one is refused by the other (AT-4)', async () => {
    const [ga, gb] = [expressGuard(a), expressGuard(other)]
    const base = await app((site, who) => {
      site.use(ga)
      site.get('/admin', gb.require('notes:admin'), who)
      site.get('/twice', gb, who)
      site.get('/optional', gb.optional, who)
    })
    expect(await ask(`${base}/admin`, bearer(issuerA))).toBe(401)
    expect(await ask(`${base}/twice`, bearer(issuerA))).toBe(401)
    expect(await ask(`${base}/optional`, bearer(issuerA))).toBeNull()
  })

  it('outside the prefix of one, the other’s account stays, and its preflights too', async () => {
    const base = await app((site, who) => {
      site.use(expressGuard(b, { guard: '/b' }))
      site.use(expressGuard(a))
      site.use(expressGuard(b, { guard: '/b', public: ['GET /b/open'] }))
      site.get(['/plain', '/b', '/b/open'], who)
      site.get('/scoped', expressGuard(a).require('notes:admin'), who)
    })
    // The first cookie is A’s credential; B’s lies beside it under the same name
    const both = { cookie: `keyhaven=${tokenOf(issuerB, 'planted')}`, ...bearer(issuerA) }
    expect(await ask(`${base}/plain`, both)).toBe(hrefOf(issuerA, 'bearer'))
    expect(await ask(`${base}/scoped`, both)).toBe(hrefOf(issuerA, 'bearer'))
    expect(await ask(`${base}/plain`, cookie(issuerB))).toBe(401)
    const preflight = await fetch(`${base}/plain`, {
      method: 'OPTIONS',
      headers: {
        origin: new URL(issuerA.issuer).origin,
        'access-control-request-method': 'PUT',
      },
    })
    expect(preflight.headers.get('access-control-allow-origin')).toBe(
      new URL(issuerA.issuer).origin,
    )
  })

  it('`authOf` returns the account of the guard that let the request in last, and none if that one found none', async () => {
    const [ga, gb] = [expressGuard(a), expressGuard(b, { public: ['GET /open'] })]
    const base = await app((site, who) => {
      site.get('/first', ga.optional, gb.optional, who)
      site.get('/again', gb.optional, ga.optional, ga.require('notes:admin'), who)
      site.get('/open', ga, gb, who)
    })
    expect(await ask(`${base}/first`, bearer(issuerB))).toBe(hrefOf(issuerB, 'bearer'))
    expect(await ask(`${base}/first`, bearer(issuerA))).toBeNull()
    expect(await ask(`${base}/again`, bearer(issuerA))).toBe(hrefOf(issuerA, 'bearer'))
    expect(await ask(`${base}/open`, bearer(issuerA))).toBeNull()
  })
})

describe('two guards on one node:http server (attacks 2)', () => {
  it('one inside the other: each refuses the other’s token, and `require` uses its own guard', async () => {
    const [na, nb] = [nodeGuard(a), nodeGuard(b)]
    const who = nb.require('notes:admin', (request, response) => {
      response.end(
        JSON.stringify({ who: authOf(request).account.href, strict: authOf(request).account.href }),
      )
    })
    const loose = nb.optional((request, response) => {
      const href = authIfAny(request)?.account.href ?? null
      response.end(JSON.stringify({ who: href, strict: href }))
    })
    const base = await serve(
      na((request, response) => {
        if (request.url === '/optional') return loose(request, response)
        return request.url === '/required' ? who(request, response) : nb(who)(request, response)
      }),
    )
    for (const path of ['/required', '/wrapped']) {
      expect([path, await ask(base + path, bearer(issuerA))]).toEqual([path, 401])
      expect([path, await ask(base + path, bearer(issuerB))]).toEqual([path, 401])
    }
    expect(await ask(`${base}/optional`, bearer(issuerA))).toBeNull()
  })
})

describe('two guards of web sockets (attacks 2)', () => {
  it('on two paths of one server: each lets in its own', async () => {
    const doors = [a, b].map((guard) => {
      const sockets = new WebSocketServer({ noServer: true })
      sockets.on('connection', (client, request) => {
        client.send(socketAuthOf(request).account.href)
      })
      return wsGuard(guard, sockets)
    })
    const server = createServer()
    closing.push(() => server.close())
    server.on('upgrade', (request, socket, head) =>
      doors[request.url === '/a' ? 0 : 1]?.(request, socket, head),
    )
    const base = (await listening(server)).replace('http', 'ws')
    const open = (path: string, headers: Record<string, string>): Promise<string> =>
      new Promise((resolve) => {
        const socket = new WebSocket(base + path, { headers })
        socket.on('error', (error) => resolve(error.message))
        socket.on('message', (data) => {
          resolve(String(data as Buffer))
          socket.close()
        })
      })
    expect(await open('/a', bearer(issuerA))).toBe(hrefOf(issuerA, 'bearer'))
    expect(await open('/b', bearer(issuerA))).toContain('401')
    expect(await open('/b', bearer(issuerB))).toBe(hrefOf(issuerB, 'bearer'))
  })
})
