import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import express from 'express'
import { WebSocketServer } from 'ws'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defineAccess } from '@keyhaven/core/access'
import { issueAccessToken } from '@keyhaven/core'
import { createGuard } from '@keyhaven/guard'
import type { Guard, RefusedRequest } from '@keyhaven/guard'
import { expressGuard } from '@keyhaven/guard/express'
import { nodeGuard } from '@keyhaven/guard/node'
import { wsGuard } from '@keyhaven/guard/ws'
import { listening, startIssuer } from './test-issuer.ts'

const access = defineAccess({ scopes: ['notes:read', 'notes:admin'], roles: {} })
const secretPart = 'a-one-time-link-with-forty-characters-in-it'

describe.each(['node', 'express'] as const)('the log of a guard behind %s', (kind) => {
  let issuer: Awaited<ReturnType<typeof startIssuer>>
  let guard: Guard<typeof access>
  let server: Server
  let base: string
  const lines: string[] = []
  const refused: RefusedRequest[] = []

  /** It fails once now, and else later. */
  const failing = (one: RefusedRequest): unknown => {
    refused.push(one)
    if (refused.length > 1) return Promise.reject(new Error('a mistake of the program'))
    throw new Error('a mistake of the program')
  }

  beforeAll(async () => {
    issuer = await startIssuer()
    guard = createGuard({
      issuer: issuer.issuer,
      access,
      onRefused: failing,
      log: (line) => lines.push(line),
    })
    server = createServer(kind === 'node' ? onNode() : onExpress())
    const sockets = new WebSocketServer({ noServer: true })
    sockets.on('connection', () => {
      throw new Error('a mistake in a listener')
    })
    server.on('upgrade', wsGuard(guard, sockets))
    base = await listening(server)
    await guard.ready()
  })
  afterAll(() => {
    guard.close()
    server.close()
    issuer.close()
  })

  function onNode(): RequestListener {
    const api = nodeGuard(guard)
    const admin = api.require('notes:admin', (_, response) => void response.end())
    return api((asked, response) =>
      asked.url === '/admin' ? admin(asked, response) : response.end(),
    )
  }

  function onExpress(): RequestListener {
    const app = express()
    const api = expressGuard(guard)
    app.use(api)
    app.get('/admin', api.require('notes:admin'), (_, response) => void response.end())
    return app
  }

  const token = (): string => {
    const now = Math.floor(Date.now() / 1000)
    return issueAccessToken(
      {
        iss: issuer.issuer,
        sub: `${issuer.issuer}/accounts/acc_1`,
        aud: [issuer.issuer, new URL(issuer.issuer).origin],
        exp: now + 600,
        iat: now,
        jti: 'jti',
        sid: 'ses_1',
        client_id: 'web',
        scope: 'notes:read',
        xsrf: 'x',
      },
      issuer.key,
    )
  }
  const ask = (path: string, init?: RequestInit): Promise<Response> => fetch(base + path, init)
  const newest = (): RefusedRequest | undefined => refused.at(-1)

  it('names the check, the origin that it saw, the peer and the call (operator 14)', async () => {
    const headers = { cookie: `keyhaven=${token()}`, origin: 'https://evil.example' }
    await ask('/notes/7?key=hidden', { method: 'PUT', headers })
    expect(newest()).toEqual({
      code: 'csrf_failed',
      status: 403,
      check: 'origin',
      reason: undefined,
      scope: undefined,
      method: 'PUT',
      path: '/notes/7',
      origin: 'https://evil.example',
      site: undefined,
      peer: '127.0.0.1',
    })
    expect(lines).toContain(
      'refused with 403 csrf_failed: PUT "/notes/7" from 127.0.0.1, check origin, Origin "https://evil.example"',
    )
    await ask('/admin', { headers: { authorization: `Bearer ${token()}` } })
    expect(newest()).toMatchObject({ code: 'insufficient_scope', scope: 'notes:admin' })
    await ask('/admin', { headers: { authorization: 'Bearer one.two.three' } })
    expect(newest()).toMatchObject({ code: 'token_invalid', reason: expect.any(String) })
  })
  it('contains no credential, no long part of a path, and no line injected by a request', async () => {
    await ask(`/reset/${secretPart}?token=${token()}`)
    expect(newest()?.path).toBe('/reset/…')
    const before = lines.length
    const asked = request(`${base}/%0anotes`, { headers: { origin: 'x"\tforged' } }).end()
    await once(asked, 'response')
    expect(lines.slice(before).join('')).not.toMatch(/[\n\t]/)
    const all = lines.join('\n') + JSON.stringify(refused)
    for (const secret of [secretPart, 'token=', 'one.two', token().slice(0, 30)]) {
      expect(all).not.toContain(secret)
    }
  })
  it('escapes every control and format character of a request, C1 too (attacks 17)', async () => {
    const before = lines.length
    const asked = request(base, {
      method: 'PUT',
      headers: {
        cookie: `keyhaven=${token()}`,
        origin: 'x\u009B31m\u0085\u00ADy',
        'sec-fetch-site': 'x\u009B31m\u0085\u00ADy',
      },
    }).end()
    await once(asked, 'response')
    const [line = ''] = lines.slice(before)
    expect(line).toContain('Origin "x\\u009b31m\\u0085\\u00ady"')
    expect(line).toContain('Sec-Fetch-Site "x\\u009b31m\\u0085\\u00ady"')
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  })
  it('has web sockets in it too, and one whose listener fails ends no process', async () => {
    const upgrade = async (headers: Record<string, string>): Promise<void> => {
      const asked = request(`${base}/socket`, {
        headers: {
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
          ...headers,
        },
      }).end()
      await Promise.race([once(asked, 'response'), once(asked, 'upgrade'), once(asked, 'close')])
      asked.destroy()
    }
    await upgrade({ cookie: `keyhaven=${token()}`, origin: 'https://evil.example' })
    expect(newest()).toMatchObject({ code: 'csrf_failed', check: 'origin', path: '/socket' })
    await upgrade({ authorization: `Bearer ${token()}` })
    expect(lines.join('\n')).toContain(
      'a web socket failed when it was opened: Error: a mistake in',
    )
  })
  it('counts all and stays short in a flood; a failing onRefused is named once', async () => {
    const before = guard.state().refusals.not_signed_in ?? 0
    const short = lines.length
    for (let at = 0; at < 20; at++) {
      await Promise.all(Array.from({ length: 20 }, () => ask('/notes').then((one) => one.text())))
    }
    expect(guard.state().refusals.not_signed_in).toBe(before + 400)
    expect(refused.filter(({ code }) => code === 'not_signed_in').length).toBe(before + 400)
    expect(lines.length - short).toBeLessThanOrEqual(5)
    expect(lines.filter((line) => line.startsWith('onRefused failed'))).toHaveLength(1)
    guard.close()
    expect(lines.at(-1)).toMatch(/^refused more requests in this minute, .*: 39\d not_signed_in$/)
  })
})
