import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { defineAccess } from '@keyhaven/core/access'
import type { SessionView } from '@keyhaven/core/wire'
import { authOf } from '@keyhaven/guard/express'
import express from 'express'
import { expect, describe, it } from 'vitest'
import { createKeyhaven } from './index.ts'
import { testLog } from './log.suite.ts'

const access = defineAccess({
  scopes: ['notes:read', 'notes:write'],
  roles: { member: ['notes:read'] },
  defaultRoles: ['member'],
})

describe('createKeyhaven in an Express app', () => {
  it('serves its mount path above body parsers, and guards the app’s own routes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keyhaven-express-'))
    const app = express()
    const server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const origin = `http://localhost:${(server.address() as AddressInfo).port}`
    const auth = await createKeyhaven({
      url: `${origin}/auth`,
      data: folder,
      access,
      folder,
      environment: { NODE_ENV: 'test' },
      log: testLog(),
    })
    app.use(auth.express({ public: ['GET /api/health'] }))
    app.use(express.json())
    app.get('/api/health', (_request, response) => void response.json({}))
    app.get('/api/notes', auth.require('notes:read'), (request, response) => {
      response.json({ owner: authOf(request).account.id })
    })
    app.delete(
      '/api/notes',
      auth.require('notes:write'),
      (_request, response) => void response.json({}),
    )
    // @ts-expect-error a misspelt scope does not compile
    auth.require('notes:raed')

    const body = JSON.stringify({ email: 'a@example.com', password: 'correct horse battery' })
    const headers = { 'content-type': 'application/json', origin }
    const signedUp = await fetch(`${origin}/auth/accounts`, { method: 'POST', headers, body })
    expect(signedUp.status).toBe(201)
    const { account, xsrfToken } = (await signedUp.json()) as SessionView
    const cookie = signedUp.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ')

    expect((await fetch(`${origin}/api/health`)).status).toBe(200)
    expect((await fetch(`${origin}/api/notes`)).status).toBe(401)
    expect((await fetch(`${origin}/authentic`)).status).toBe(401)
    const mine = await fetch(`${origin}/api/notes`, { headers: { cookie } })
    expect(await mine.json()).toEqual({ owner: account.id })
    const unsafe = { cookie, origin, 'x-xsrf-token': xsrfToken }
    const refused = await fetch(`${origin}/api/notes`, { method: 'DELETE', headers: unsafe })
    expect(await refused.json()).toMatchObject({ code: 'insufficient_scope', scope: 'notes:write' })
    expect(await auth.current(new Request(origin, { headers: { cookie } }))).toMatchObject({
      account: { id: account.id },
    })
    expect(await auth.current(new Request(origin))).toBeNull()

    await auth.sessions.end(mine.ok ? (await sessionOf(origin, cookie)).session.id : '')
    const ended = await fetch(`${origin}/api/notes`, { headers: { cookie } })
    expect(await ended.json()).toMatchObject({ code: 'session_ended' })
    server.close()
    server.closeAllConnections()
    await auth.close()
    rmSync(folder, { recursive: true })
  })
})

async function sessionOf(origin: string, cookie: string): Promise<SessionView> {
  const response = await fetch(`${origin}/auth/user/current`, { headers: { cookie } })
  return (await response.json()) as SessionView
}
