import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import { createGuard } from '@keyhaven/guard'
import { guardSuite, notes, publicRoutes } from './guard.suite.ts'
import { listening } from './test-issuer.ts'
import { authIfAny, authOf, nodeGuard } from '@keyhaven/guard/node'
import type { Handler } from '@keyhaven/guard/node'

/** What some database libraries return: no promise, and run when it is awaited. */
const thenable = (then: (done: (row: unknown) => void, fail: (error: unknown) => void) => void) => {
  const query = {}
  Reflect.set(query, 'then', then)
  return query
}

guardSuite('nodeGuard', (guard) => {
  const api = nodeGuard(guard, { public: publicRoutes })
  const ok: Handler = (_request, response) => void response.end('{}')
  const who =
    (status: number): Handler =>
    (request, response) => {
      const { account, session } = authOf(request)
      response.writeHead(status).end(JSON.stringify({ account: account.id, session: session?.id }))
    }
  const read = api.require('notes:read', who(200))
  const admin = api.require('notes:admin', who(200))
  const write = api.require(
    'notes:write',
    (q) => thenable((done) => done(notes[q.url?.split('/')[2] ?? ''])),
    who(200),
  )
  const optional = api.optional((request, response) => {
    response.end(JSON.stringify({ account: authIfAny(request)?.account.id ?? null }))
  })
  const guarded = api((request, response) => {
    const { url = '', method, headers } = request
    if (url === '/overridden') {
      request.method = String(headers['x-http-method-override'])
      return read(request, response)
    }
    if (/^\/(health|hello|files)/.test(url)) return ok(request, response)
    if (url === '/admin') return admin(request, response)
    if (method === 'PUT') return write(request, response)
    return method === 'POST' ? who(201)(request, response) : read(request, response)
  })
  return (request, response) =>
    request.url === '/optional' ? optional(request, response) : guarded(request, response)
})

describe('nodeGuard', () => {
  it('answers 500 for a handler or a loader that fails, and the process goes on (source 18)', async () => {
    const said: string[] = []
    const guard = createGuard({ issuer: 'http://localhost:1/auth', log: (line) => said.push(line) })
    const api = nodeGuard(guard, { public: ['GET /now', 'GET /later', 'GET /half'] })
    const server = createServer(
      api(async ({ url }, response) => {
        if (url === '/half') response.write('half')
        if (url !== '/now') await Promise.resolve()
        throw new Error(`failed at ${url}`)
      }),
    ).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    for (const path of ['/now', '/later']) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`)
      expect(response.status).toBe(500)
      expect(await response.json()).toMatchObject({ code: 'internal' })
      expect(said.join('\n')).toContain(`failed at ${path}`)
    }
    const alone = createServer((request, response) => {
      const fail = (): never => {
        throw new Error(`failed at ${request.url}`)
      }
      const handler =
        request.url === '/optional' ? api.optional(fail) : api.optional(async () => fail())
      return handler(request, response)
    }).listen(0, '127.0.0.1')
    await once(alone, 'listening')
    for (const path of ['/optional', '/optional-later']) {
      const address = `http://127.0.0.1:${(alone.address() as AddressInfo).port}`
      expect((await fetch(address + path)).status).toBe(500)
      expect(said.join('\n')).toContain(`failed at ${path}`)
    }
    alone.close()
    const half = fetch(`http://127.0.0.1:${port}/half`).then((response) => response.text())
    await expect(half).rejects.toThrow()
    server.close()
  })
  it('ends no process for what else can be thrown, and leaves an answer that is whole (source 18)', async () => {
    let fails = false
    const log = (): void => {
      if (fails) throw new Error('a log that fails')
    }
    const api = nodeGuard(createGuard({ issuer: 'http://localhost:1/auth', log }))
    fails = true
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const bare: unknown = Object.create(null)
    const thrown: Readonly<Record<string, Handler>> = {
      '/bare': () => {
        throw bare
      },
      '/nothing': () => Promise.reject(undefined),
      '/thenable': () => thenable((_, fail) => fail(bare)),
      '/whole': (_, response) => {
        response.end('whole')
        throw new Error('too late')
      },
    }
    const server = createServer((request, response) =>
      api.optional(thrown[request.url ?? ''] as Handler)(request, response),
    )
    const base = await listening(server)
    for (const path of ['/bare', '/nothing', '/thenable']) {
      expect((await fetch(base + path)).status, path).toBe(500)
    }
    const whole = await fetch(`${base}/whole`)
    expect([whole.status, await whole.text()]).toEqual([200, 'whole'])
    expect(written).toHaveBeenCalledWith(
      expect.stringContaining('a handler failed: the thrown value can’t be written'),
    )
    written.mockRestore()
    server.close()
  })
})
