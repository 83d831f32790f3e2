import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { defineAccess } from '@keyhaven/core/access'
import { problemOf } from '@keyhaven/core/errors'
import type { ErrorCode } from '@keyhaven/core/errors'
import type { SessionView } from '@keyhaven/core/wire'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createAuth } from './index.ts'
import type { Auth, Runtime } from './index.ts'

interface Note {
  readonly owner: string
}

const access = defineAccess({
  scopes: ['notes:read', 'notes:write'],
  roles: {},
  rules: { 'notes:write': (who, note: Note) => note.owner === who.id },
})

const view: SessionView = {
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
    idleExpiresIn: 1,
  },
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void

const ok =
  (status: number, body: unknown): Answer =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
const refuse =
  (code: ErrorCode): Answer =>
  (_request, response) => {
    const body = problemOf(code)
    const type = 'application/problem+json; charset=utf-8'
    response.writeHead(body.status, { 'content-type': type }).end(JSON.stringify(body))
  }
const html: Answer = (_request, response) => {
  response.writeHead(401, { 'content-type': 'text/html' }).end('<h1>Portal</h1>')
}
const cut: Answer = (request) => void request.socket.destroy()

/** A real server that speaks as the service does; each test says what it answers. */
const answers = new Map<string, Answer>()
const calls: { line: string; xsrf: string | undefined; body: string }[] = []
const server = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk: Buffer) => (body += chunk.toString()))
  request.on('end', () => {
    const line = `${request.method} ${request.url}`
    calls.push({ line, xsrf: request.headers['x-xsrf-token'] as string | undefined, body })
    const answer = answers.get(line) ?? refuse('not_found')
    answer(request, response)
  })
})
const ME = 'GET /auth/user/current'

let origin = ''
let clock = 0
let comeBack: (from: 'cache' | 'network') => void = () => {}

function create(): Auth<typeof access> {
  const runtime: Runtime = {
    fetch: (input, init) => fetch(input, init),
    now: () => clock,
    page: () => `${origin}/`,
    onReturn: (listener) => {
      comeBack = listener
    },
  }
  return createAuth({ url: `${origin}/auth`, access, runtime })
}

async function booted(): Promise<Auth<typeof access>> {
  const auth = create()
  auth.subscribe(() => {})
  await auth.refresh()
  return auth
}

const count = (line: string): number => calls.filter((call) => call.line === line).length

beforeEach(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  answers.clear()
  calls.length = 0
  clock = 0
  answers.set(ME, ok(200, view))
})
afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

describe('createAuth', () => {
  it('calls nothing until somebody looks, then once for all', async () => {
    const auth = create()
    expect(auth.state.status).toBe('loading')
    expect(calls).toHaveLength(0)
    for (let n = 0; n < 20; n++) auth.subscribe(() => {})
    await auth.refresh()
    expect(count(ME)).toBe(1)
    expect(auth.state).toMatchObject({ status: 'signed-in', account: { id: 'acc_1' } })
  })
  it('is signed out on the service’s own 401', async () => {
    answers.set(ME, refuse('not_signed_in'))
    expect((await booted()).state.status).toBe('signed-out')
  })
  it.each([
    ['the network fails', cut],
    ['the service fails', ok(500, {})],
    ['the database fails', refuse('unavailable')],
    ['a captive portal answers', html],
  ])('is offline, not signed out, where %s (P17)', async (_what, answer) => {
    answers.set(ME, answer)
    const auth = await booted()
    expect(auth.state.status).toBe('offline')
    answers.set(ME, ok(200, view))
    comeBack('network')
    await auth.refresh()
    expect(auth.state.status).toBe('signed-in')
  })
  it('stays signed in where a later question finds no answer', async () => {
    const auth = await booted()
    answers.set(ME, cut)
    await auth.refresh()
    expect(auth.state.status).toBe('signed-in')
  })
  it('shows nobody while a page that came back from the cache asks again (P28)', async () => {
    const auth = await booted()
    answers.set(ME, refuse('session_ended'))
    comeBack('cache')
    expect(auth.state).toMatchObject({ status: 'loading', account: undefined })
    await auth.refresh()
    expect(auth.state.status).toBe('signed-out')
  })
})

describe('can', () => {
  it('goes by the access module, rules included', async () => {
    const auth = create()
    expect(auth.can('notes:read')).toBe(false)
    await auth.refresh()
    expect(auth.can('notes:read')).toBe(true)
    expect(auth.can('notes:write', { owner: 'acc_1' })).toBe(true)
    expect(auth.can('notes:write', { owner: 'acc_2' })).toBe(false)
    // @ts-expect-error a scope with a rule needs its resource
    expect(auth.can('notes:write')).toBe(false)
  })
})

describe('signIn, signUp, signOut', () => {
  it('signs in by one call and tells subscribers', async () => {
    answers.set('POST /auth/sessions', ok(201, view))
    const auth = create()
    const seen: string[] = []
    auth.subscribe(() => seen.push(auth.state.status))
    const result = await auth.signIn({ login: 'a', password: 'b' })
    expect(result.ok).toBe(true)
    expect(auth.state.status).toBe('signed-in')
    expect(seen).toContain('signed-in')
    expect(calls.find(({ line }) => line === 'POST /auth/sessions')?.body).toBe(
      '{"login":"a","password":"b"}',
    )
  })
  it('returns a refusal with its code, and never throws', async () => {
    const auth = create()
    answers.set('POST /auth/sessions', refuse('invalid_credentials'))
    expect(await auth.signIn({ login: 'a', password: 'b' })).toMatchObject({
      ok: false,
      error: { code: 'invalid_credentials', status: 401 },
    })
    answers.set('POST /auth/sessions', cut)
    expect(await auth.signIn({ login: 'a', password: 'b' })).toMatchObject({
      ok: false,
      error: { code: 'unavailable' },
    })
  })
  it('tells where an address must be confirmed first', async () => {
    answers.set('POST /auth/accounts', ok(202, {}))
    expect(await create().signUp({ email: 'a@b.c', password: 'x' })).toMatchObject({
      pending: true,
    })
  })
  it('forgets everything at sign-out, and only when the service has answered', async () => {
    const auth = await booted()
    answers.set('DELETE /auth/sessions/current', cut)
    expect((await auth.signOut()).ok).toBe(false)
    expect(auth.state.status).toBe('signed-in')
    answers.set('DELETE /auth/sessions/current', (_request, response) =>
      response.writeHead(204).end(),
    )
    expect((await auth.signOut()).ok).toBe(true)
    expect(auth.state).toMatchObject({ status: 'signed-out', account: undefined })
    expect(auth.headers()).toEqual({})
    expect(calls.at(-1)?.xsrf).toBe('xsrf-1')
  })
})

describe('fetch', () => {
  it('adds the XSRF header to unsafe methods of our own origin alone', async () => {
    const auth = await booted()
    answers.set('POST /api/notes', ok(201, {}))
    answers.set('GET /api/notes', ok(200, {}))
    await auth.fetch('/api/notes', { method: 'POST', body: 'x' })
    await auth.fetch('/api/notes')
    expect(calls.slice(-2).map(({ xsrf }) => xsrf)).toEqual(['xsrf-1', undefined])
    const foreign = origin.replace('127.0.0.1', 'localhost')
    await auth.fetch(`${foreign}/api/notes`, { method: 'POST', body: 'x' }).catch(() => undefined)
    expect(calls.at(-1)?.xsrf).toBeUndefined()
  })
  it('asks the service once for parallel refusals, and repeats each request once (P1, P5)', async () => {
    const auth = await booted()
    clock = 6000
    answers.set('POST /api/notes', (request, response) =>
      (count(ME) < 2 ? refuse('token_expired') : ok(201, {}))(request, response),
    )
    const responses = await Promise.all(
      Array.from({ length: 5 }, () => auth.fetch('/api/notes', { method: 'POST', body: 'x' })),
    )
    expect(responses.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201])
    expect(count(ME)).toBe(2)
    expect(count('POST /api/notes')).toBeLessThanOrEqual(10)
  })
  it('does not loop where the API goes on refusing', async () => {
    const auth = await booted()
    answers.set('GET /api/notes', refuse('token_expired'))
    const response = await auth.fetch('/api/notes')
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ code: 'token_expired' })
    expect(count('GET /api/notes')).toBe(2)
  })
  it('leaves a 401 that is not Keyhaven’s to the caller', async () => {
    const auth = await booted()
    answers.set('GET /api/notes', html)
    expect((await auth.fetch('/api/notes')).status).toBe(401)
    expect(count(ME)).toBe(1)
  })
  it('does not repeat a body that can be read only once', async () => {
    const auth = await booted()
    answers.set('POST /api/notes', refuse('token_expired'))
    const body = new Blob(['x']).stream()
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit
    expect((await auth.fetch('/api/notes', init)).status).toBe(401)
    expect(count('POST /api/notes')).toBe(1)
  })
  it('asks before it sends where a renewal is due', async () => {
    const auth = await booted()
    answers.set('GET /api/notes', ok(200, {}))
    clock = 401_000
    await auth.fetch('/api/notes')
    expect(calls.map(({ line }) => line)).toEqual([ME, ME, 'GET /api/notes'])
  })
})

describe('storage', () => {
  it('is touched by nothing (R50)', async () => {
    const touched = vi.fn()
    const trap = new Proxy({}, { get: touched, set: touched })
    for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches', 'document']) {
      vi.stubGlobal(name, trap)
    }
    answers.set('POST /auth/sessions', ok(201, view))
    const auth = await booted()
    await auth.signIn({ login: 'a', password: 'b' })
    vi.unstubAllGlobals()
    expect(touched).not.toHaveBeenCalled()
    expect(JSON.stringify(auth)).not.toContain('xsrf-1')
  })
})
