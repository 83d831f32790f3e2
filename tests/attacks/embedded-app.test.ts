import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateSigningKey, issueAccessToken } from '@keyhaven/core'
import type { AccessTokenClaims, SessionView } from '@keyhaven/core/wire'
import { authOf } from '@keyhaven/guard/express'
import { createKeyhaven } from '@keyhaven/server'
import type { Keyhaven } from '@keyhaven/server'
import express from 'express'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rawAnswer } from '@keyhaven/stage/http/raw-answer'
import { signUp } from '@keyhaven/stage/http/person'

/** An ordinary app with everything that apps have below a guard, and what an attacker tries on it. */
const folder = mkdtempSync(join(tmpdir(), 'keyhaven-embedded-'))
const reached: string[] = []
let auth: Keyhaven
let server: Server
let origin: string
let cookie: string
let view: SessionView

beforeAll(async () => {
  writeFileSync(join(folder, 'secret.txt'), 'a private file')
  const app = express()
  server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://localhost:${(server.address() as AddressInfo).port}`
  auth = await createKeyhaven({
    url: `${origin}/auth`,
    data: join(folder, 'data'),
    folder,
    environment: { NODE_ENV: 'test' },
    log: pino({ level: 'silent' }),
  })
  const reach: express.RequestHandler = (request, response) => {
    reached.push(`${request.method} ${request.originalUrl}`)
    response.json({ account: authOf(request).account.id })
  }
  const deepest = express.Router().all('/deepest', reach)
  const nested = express.Router().get('/', reach).use('/deep', deepest)
  app.use(auth.express({ public: ['GET /public/:page'] }))
  app.get('/public/:page', (_request, response) => void response.json({}))
  app.use('/nested', nested)
  app.use('/files', express.static(folder))
  app.all(['/notes', '/notes/:id', '/häuser', '/a b'], reach)
  app.use(reach)
  const ada = await signUp({ issuer: `${origin}/auth` }, { email: 'ada@example.com' })
  view = ada.view
  cookie = ada.cookie
})
afterAll(async () => {
  server.close()
  server.closeAllConnections()
  await auth.close()
  rmSync(folder, { recursive: true })
})

const targets = [
  '/notes',
  '/notes/1',
  '/nested',
  '/nested/',
  '/nested/deep/deepest',
  '/files/secret.txt',
  '/unknown',
  '/',
  '/authentic',
  '/AUTH/user/current',
  '/h%C3%A4user',
  '/a%20b',
  '/public',
  '/public/',
  '/public/a/b',
  '/public/a?x=/public/b',
  '/%70ublic/a',
]
const doubled = [
  '//notes',
  '/notes//1',
  '/public/..%2fnotes',
  '/public/%2e%2e/notes',
  '/public/../notes',
  '/files/%2e/secret.txt',
  '/files%2fsecret.txt',
  '/notes%5c1',
  '/notes\\1',
  '/notes/%00',
]
const methods = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'QUERY']

describe('an Express app behind the embedded guard', () => {
  it('is private on every path and by every method without a credential, or with a bad one', async () => {
    reached.length = 0
    const bad = ['', 'Authorization: Bearer a.b.c', 'Cookie: keyhaven=a.b.c; keyhaven-session=x']
    for (const target of targets) {
      for (const method of methods) {
        for (const line of bad) {
          const { status } = await ask(method, target, line)
          const open = target.startsWith('/public/a?') && /GET|HEAD/.test(method)
          // A cookie on an unsafe method is refused as forged before anything else
          const wanted = open ? 200 : line.startsWith('Cookie') && !safe(method) ? 403 : 401
          expect([method, target, line, status]).toEqual([method, target, line, wanted])
        }
      }
    }
    expect(reached).toEqual([])
  })

  it('answers 400 for paths that servers read in two ways, with a good credential too', async () => {
    for (const target of doubled) {
      for (const line of ['', `Cookie: ${cookie}`]) {
        expect([target, (await ask('GET', target, line)).status]).toEqual([target, 400])
      }
    }
  })

  it('opens with a good credential, whatever the path', async () => {
    for (const target of targets.filter((one) => !/^\/(public\/?|AUTH|files)/.test(one))) {
      const { status } = await ask('GET', target, `Cookie: ${cookie}`)
      expect([target, status]).toEqual([target, 200])
    }
  })

  it('goes by the method that came: an overriding header makes nothing safe', async () => {
    for (const name of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override']) {
      expect((await ask('POST', '/notes', `Cookie: ${cookie}\r\n${name}: GET`)).status).toBe(403)
      expect((await ask('POST', '/public/a', `${name}: GET`)).status).toBe(401)
    }
  })

  it('takes no token of another installation, audience or algorithm, by cookie or bearer (C10)', async () => {
    const mine = claimsIn(cookie)
    const stranger = generateSigningKey('ES256')
    const signed = [
      issueAccessToken(mine, stranger),
      issueAccessToken({ ...mine, iss: 'https://other.example/auth' }, stranger),
      cookie.replace(/^keyhaven=([^.]+)\.([^.]+)\.([^;]+).*/, '$1.$2.'),
    ]
    for (const token of signed) {
      expect(await codeOf({ authorization: `Bearer ${token}` })).toBe('token_invalid')
      expect(await codeOf({ cookie: `keyhaven=${token}` })).toBe('token_invalid')
    }
  })

  it('lets a bearer decide alone beside a good cookie (AT-5)', async () => {
    expect(await codeOf({ cookie, authorization: 'Bearer a.b.c' })).toBe('token_invalid')
    const token = /^keyhaven=([^;]+)/.exec(cookie)?.[1] ?? ''
    const response = await fetch(`${origin}/notes`, {
      method: 'POST',
      headers: { cookie: 'keyhaven=a.b.c', authorization: `Bearer ${token}` },
    })
    expect(await response.json()).toEqual({ account: view.account.id })
  })

  it('refuses headers that came twice (HTTP-1)', async () => {
    const { host } = new URL(origin)
    const twice = [
      'Authorization: Bearer a\r\nAuthorization: Bearer b',
      `Origin: ${origin}\r\nOrigin: ${origin}`,
      `Host: ${host}`,
      'Content-Type: application/json\r\nContent-Type: text/plain',
    ]
    for (const lines of twice) {
      expect([lines, (await ask('GET', '/notes', `Cookie: ${cookie}\r\n${lines}`)).status]).toEqual(
        [lines, 400],
      )
    }
  })
})

function ask(method: string, target: string, lines: string): Promise<{ status: number }> {
  const { host } = new URL(origin)
  const head = [`${method} ${target} HTTP/1.1`, `Host: ${host}`, 'Content-Length: 0']
  const all = [...head, ...(lines === '' ? [] : [lines]), 'Connection: close', '', '']
  return rawAnswer(origin.replace('localhost', '127.0.0.1'), { bytes: all.join('\r\n') })
}

function safe(method: string): boolean {
  return /^(GET|HEAD|OPTIONS)$/.test(method)
}

function claimsIn(cookies: string): AccessTokenClaims {
  const [, payload = ''] = (/keyhaven=([^;]+)/.exec(cookies)?.[1] ?? '').split('.')
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as AccessTokenClaims
}

async function codeOf(headers: Record<string, string>): Promise<string> {
  const response = await fetch(`${origin}/notes`, { headers })
  return ((await response.json()) as { code: string }).code
}
