import { claim, defineAccess, defineClaims } from '@keyhaven/core/access'
import type { StandardSchema } from '@keyhaven/core/access'
import { problemOf } from '@keyhaven/core/errors'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createAuth } from '@keyhaven/client'
import type { Auth, PageEvent, Runtime } from '@keyhaven/client'
import { aloneRuntime } from './alone-runtime.ts'
import {
  createTestService,
  cut,
  gone,
  guarded,
  held,
  html,
  ME,
  ok,
  otherView,
  refuse,
  view,
} from './test-service.ts'

interface Note {
  readonly owner: string
}

const access = defineAccess({
  scopes: ['notes:read', 'notes:write'],
  roles: {},
  rules: { 'notes:write': (who, note: Note) => note.owner === who.id },
})

const realFetch = fetch
const service = createTestService()
const { answers, calls, count } = service
let origin = ''
let clock = 0
let tell: (event: PageEvent) => void = () => {}
let receive: (message: unknown) => void = () => {}
/** What the page has sent to the other tabs. */
const posted: unknown[] = []

function create(): Auth<typeof access> {
  const runtime: Runtime = {
    ...aloneRuntime,
    fetch: (input, init) => fetch(input, init),
    now: () => clock,
    origin: () => origin,
    base: () => `${origin}/`,
    watch: (listener) => {
      tell = listener
    },
    join: (_name, listener) => {
      receive = listener
      return (message) => posted.push(message)
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

beforeEach(async () => {
  await service.start()
  origin = service.origin()
  clock = 0
})
afterEach(() => service.stop())

describe('createAuth', () => {
  it('sends no request before the first subscriber, then one for all', async () => {
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
  ])('is offline, not signed out, if %s (P17)', async (_what, answer) => {
    answers.set(ME, answer)
    const auth = await booted()
    expect(auth.state.status).toBe('offline')
    answers.set(ME, ok(200, view))
    tell('back')
    await auth.refresh()
    expect(auth.state.status).toBe('signed-in')
  })
  it('knows the service’s refusal by its media type and code, whatever its `type` says', async () => {
    answers.set(ME, (_request, response) => {
      const body = { ...problemOf('session_ended'), type: 'about:blank' }
      const type = 'application/problem+json'
      response.writeHead(401, { 'content-type': type }).end(JSON.stringify(body))
    })
    expect((await booted()).state.status).toBe('signed-out')
  })
  it.each([
    ['a 401 of a code that is not Keyhaven’s', 401, 'application/problem+json', 'E_PROXY'],
    ['a 401 without a code', 401, 'application/problem+json', undefined],
    ['a 401 that is no problem document', 401, 'application/json', 'session_ended'],
    ['another status with a code of a 401', 403, 'application/problem+json', 'session_ended'],
  ])('is offline on %s', async (_what, status, type, code) => {
    answers.set(ME, (_request, response) => {
      response.writeHead(status, { 'content-type': type }).end(JSON.stringify({ status, code }))
    })
    expect((await booted()).state.status).toBe('offline')
  })
  it.each([
    [{}],
    [null],
    ['hello'],
    [{ ...view, session: undefined }],
    [{ ...view, account: null }],
  ])('is offline on a 200 that is no session view: %j', async (body) => {
    answers.set(ME, ok(200, body))
    expect((await booted()).state.status).toBe('offline')
  })
  it('returns snapshots that can’t be changed', async () => {
    const { state } = await booted()
    expect(() => (state.scope as string[]).push('notes:admin')).toThrow(TypeError)
    expect(() => Object.assign(state, { scope: [] })).toThrow(TypeError)
    expect(() => Object.assign(state.account ?? {}, { id: 'acc_2' })).toThrow(TypeError)
  })
  it('gives the same snapshot until something is learned', async () => {
    const auth = await booted()
    const before = auth.state
    expect(auth.state).toBe(before)
    await auth.refresh()
    expect(auth.state).not.toBe(before)
  })
  it('calls back no more after unsubscribing', async () => {
    const auth = create()
    const listener = vi.fn()
    auth.subscribe(listener)()
    await auth.refresh()
    expect(listener).not.toHaveBeenCalled()
  })
  it('stays signed in if a later request gets no answer', async () => {
    const auth = await booted()
    answers.set(ME, cut)
    await auth.refresh()
    expect(auth.state.status).toBe('signed-in')
  })
  it('shows no account while a page restored from the cache requests the session (P28)', async () => {
    const auth = await booted()
    answers.set(ME, refuse('session_ended'))
    tell('restored')
    expect(auth.state).toMatchObject({ status: 'loading', account: undefined })
    expect(auth.headers()).toEqual({})
    await auth.refresh()
    expect(auth.state.status).toBe('signed-out')
  })
  it('notices that the page is restored even without subscribers (P28)', async () => {
    const auth = create()
    await auth.refresh()
    tell('restored')
    expect(auth.state.status).toBe('loading')
    await auth.refresh()
    expect(count(ME)).toBe(2)
  })
  it('takes no answer from before the page’s return (P28)', async () => {
    const auth = await booted()
    const late = held(ok(200, view))
    answers.set(ME, late.answer)
    const old = auth.refresh()
    await late.come
    answers.set(ME, refuse('session_ended'))
    tell('restored')
    await auth.refresh()
    late.release()
    await old
    expect(auth.state.status).toBe('signed-out')
  })
})

describe('claims', () => {
  const text: StandardSchema<string> = {
    '~standard': { version: 1, vendor: 'test', validate: () => ({ value: '' }) },
  }
  const plan: StandardSchema<'free' | 'pro'> = {
    '~standard': { version: 1, vendor: 'test', validate: () => ({ value: 'pro' }) },
  }
  const claims = defineClaims({ plan: claim.page(plan), seat: claim.server(text) })
  it('have the types of the claims module, and only those that a page sees (source 21)', async () => {
    answers.set(ME, ok(200, { ...view, claims: { ...view.claims, plan: 'pro' } }))
    const runtime: Runtime = { ...aloneRuntime, fetch: (input, init) => fetch(input, init) }
    const given = createAuth({ url: `${origin}/auth`, access, claims, runtime })
    const named = createAuth<typeof access, typeof claims>({
      url: `${origin}/auth`,
      access,
      runtime,
    })
    const { claims: found } = await given.refresh()
    const mine: 'free' | 'pro' | undefined = found?.plan
    const same: 'free' | 'pro' | undefined = named.state.claims?.plan
    // @ts-expect-error only servers see it: its type is not known here
    const hidden: string | undefined = found?.seat
    const plain = create()
    // @ts-expect-error without a claims module its type is not known
    const unknown: string | undefined = plain.state.claims?.['plan']
    expect([mine, same, hidden, unknown]).toEqual(['pro', undefined, undefined, undefined])
  })
})

describe('can', () => {
  it('answers for the state that `at` was given', async () => {
    const auth = await booted()
    const before = auth.at(auth.state)
    answers.set(ME, refuse('session_ended'))
    await auth.refresh()
    expect([auth.can('notes:read'), before.can('notes:read')]).toEqual([false, true])
    expect([auth.state.status, before.state.status]).toEqual(['signed-out', 'signed-in'])
  })
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
  it('signs in by one call and notifies subscribers', async () => {
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
  it('needs no second call to draw the page (R54)', async () => {
    answers.set('POST /auth/sessions', ok(201, view))
    const auth = create()
    await auth.signIn({ login: 'a', password: 'b' })
    auth.subscribe(() => {})
    await auth.fetch('/api/notes')
    expect(count(ME)).toBe(0)
    expect(auth.state.account?.id).toBe('acc_1')
  })
  it('lets no earlier question undo a sign-in', async () => {
    const late = held(refuse('not_signed_in'))
    answers.set(ME, late.answer)
    answers.set('POST /auth/sessions', ok(201, view))
    const auth = create()
    const boot = auth.refresh()
    await late.come
    await auth.signIn({ login: 'a', password: 'b' })
    late.release()
    expect((await boot).status).toBe('signed-in')
    expect(auth.state.status).toBe('signed-in')
  })
  it('lets no earlier question undo a sign-out (P28)', async () => {
    const auth = await booted()
    const late = held(ok(200, view))
    answers.set(ME, late.answer)
    answers.set('DELETE /auth/sessions/current', gone)
    const question = auth.refresh()
    await late.come
    await auth.signOut()
    late.release()
    expect((await question).status).toBe('signed-out')
    expect(auth.state).toMatchObject({ status: 'signed-out', account: undefined })
    expect(auth.headers()).toEqual({})
  })
  it('takes no success that is not the service’s own', async () => {
    const auth = create()
    answers.set('POST /auth/sessions', ok(201, {}))
    expect(await auth.signIn({ login: 'a', password: 'b' })).toMatchObject({
      ok: false,
      error: { code: 'unavailable', status: 503 },
    })
    answers.set('DELETE /auth/sessions/current', ok(200, {}))
    expect((await auth.signOut()).ok).toBe(false)
  })
  it('hands on what is wrong with each member', async () => {
    const errors = [{ path: 'email', message: 'Write an e-mail address.' }]
    answers.set('POST /auth/accounts', (_request, response) => {
      const type = 'application/problem+json'
      const body = JSON.stringify(problemOf('invalid_request', { errors }))
      response.writeHead(400, { 'content-type': type }).end(body)
    })
    expect(await create().signUp({ email: 'a', password: 'x' })).toMatchObject({
      ok: false,
      error: { code: 'invalid_request', status: 400, errors },
    })
  })
  it('signs up and in by one call', async () => {
    answers.set('POST /auth/accounts', ok(201, view))
    const auth = create()
    expect(await auth.signUp({ email: 'a@b.c', password: 'x' })).toMatchObject({
      ok: true,
      pending: false,
    })
    expect(auth.state.status).toBe('signed-in')
  })
  it('signs out before it has learned the XSRF token, or after another tab has changed it', async () => {
    const auth = create()
    answers.set('DELETE /auth/sessions/current', guarded(gone))
    expect(await auth.signOut()).toMatchObject({ ok: true })
    expect(auth.state.status).toBe('signed-out')
    expect(count('DELETE /auth/sessions/current')).toBe(2)
  })
  it.each(['csrf_failed', 'insecure_transport'] as const)(
    'shows the person again if the service refuses to sign out: %s',
    async (code) => {
      const auth = await booted()
      answers.set('DELETE /auth/sessions/current', refuse(code))
      const left = auth.signOut()
      expect(auth.state).toMatchObject({ status: 'signed-out', leaving: true })
      expect(await left).toMatchObject({ ok: false, error: { code } })
      expect(count('DELETE /auth/sessions/current')).toBe(code === 'csrf_failed' ? 2 : 1)
      expect(auth.state).toMatchObject({ status: 'signed-in', leaving: false })
    },
  )
  it('reports that an address must be verified first', async () => {
    answers.set('POST /auth/accounts', ok(202, {}))
    expect(await create().signUp({ email: 'a@b.c', password: 'x' })).toMatchObject({
      pending: true,
    })
  })
  it('shows no account from the sign-out on, and reports whether the service has received it (browser F1, operator 4)', async () => {
    const auth = await booted()
    const reasons: string[] = []
    auth.on('signed-out', ({ reason }) => reasons.push(reason))
    answers.set('DELETE /auth/sessions/current', cut)
    const left = auth.signOut()
    expect(auth.state).toMatchObject({
      status: 'signed-out',
      account: undefined,
      reason: 'signed_out',
      leaving: true,
    })
    expect(auth.headers()).toEqual({})
    // The sentence is about this act, and stays true after the service has answered
    const detail = expect.stringMatching(/^You are signed out on this page\..+ leave a page open/)
    expect(await left).toMatchObject({ ok: false, error: { code: 'unavailable', detail } })
    expect(auth.state).toMatchObject({ status: 'signed-out', leaving: true })
    answers.set('DELETE /auth/sessions/current', gone)
    expect((await auth.signOut()).ok).toBe(true)
    expect(auth.state).toMatchObject({ status: 'signed-out', account: undefined, leaving: false })
    expect(calls.at(-1)?.xsrf).toBe('xsrf-1')
    expect(reasons).toEqual(['signed_out'])
  })
  it('sends no cookies to an API while a sign-out is not answered (browser F1)', async () => {
    const auth = await booted()
    answers.set('DELETE /auth/sessions/current', cut)
    await auth.signOut()
    answers.set('GET /api/notes', ok(200, {}))
    const sent: string[] = []
    const before = globalThis.fetch
    vi.stubGlobal('fetch', (request: Request) => {
      if (request instanceof Request) sent.push(request.credentials)
      return before(request)
    })
    await auth.fetch('/api/notes')
    vi.unstubAllGlobals()
    expect(sent).toEqual(['omit'])
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
  it('calls the service once for parallel refusals, and repeats each request once (P1, P5)', async () => {
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
  it('does not loop if the API goes on refusing', async () => {
    const auth = await booted()
    answers.set('GET /api/notes', refuse('token_expired'))
    const response = await auth.fetch('/api/notes')
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ code: 'token_expired' })
    expect(count('GET /api/notes')).toBe(2)
  })
  it.each([
    ['a page', html],
    ['JSON', ok(401, { code: 'token_expired' })],
  ])('leaves a 401 that is not Keyhaven’s to the caller: %s', async (_what, answer) => {
    const auth = await booted()
    clock = 6000
    answers.set('GET /api/notes', answer)
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
  it('waits for the boot call, so that the first unsafe request has its header', async () => {
    const auth = create()
    answers.set('POST /api/notes', guarded(ok(201, {})))
    const send = (): Promise<Response> => auth.fetch('/api/notes', { method: 'POST', body: 'x' })
    const responses = await Promise.all([send(), send()])
    expect(responses.map(({ status }) => status)).toEqual([201, 201])
    expect(count(ME)).toBe(1)
  })
  it('calls the service again while offline, at most once in 5 s', async () => {
    answers.set(ME, cut)
    const auth = await booted()
    answers.set('GET /api/notes', ok(200, {}))
    await auth.fetch('/api/notes')
    expect(count(ME)).toBe(1)
    answers.set(ME, ok(200, view))
    clock = 5001
    await auth.fetch('/api/notes')
    expect(auth.state.status).toBe('signed-in')
  })
  it('does not call the service at every request while a renewal is due and the service is away', async () => {
    const auth = await booted()
    answers.set('GET /api/notes', ok(200, {}))
    answers.set(ME, cut)
    clock = 401_000
    for (let n = 0; n < 9; n++) {
      expect((await auth.fetch('/api/notes')).status).toBe(200)
    }
    // The boot call, the one that is due, and one because the API's answer shows that the network works
    expect(count(ME)).toBe(3)
    expect(auth.state.status).toBe('signed-in')
  })
  it('does not repeat a request if the service gave no answer', async () => {
    const auth = await booted()
    clock = 6000
    answers.set(ME, cut)
    answers.set('GET /api/notes', refuse('token_expired'))
    for (let n = 0; n < 9; n++) expect((await auth.fetch('/api/notes')).status).toBe(401)
    expect(count('GET /api/notes')).toBe(9)
    expect(count(ME)).toBe(3)
    expect(auth.state.status).toBe('signed-in')
  })
  it('calls the service again if an API refuses right after a sign-in', async () => {
    answers.set('POST /auth/sessions', ok(201, view))
    const auth = await booted()
    await auth.signIn({ login: 'a', password: 'b' })
    answers.set('GET /api/notes', refuse('not_signed_in'))
    answers.set(ME, refuse('not_signed_in'))
    await auth.fetch('/api/notes')
    expect(count(ME)).toBe(2)
    expect(auth.state.status).toBe('signed-out')
  })
  it('calls the service after a refusal although a renewal was answered just now, and then not for 5 s (P20)', async () => {
    const auth = await booted()
    answers.set('GET /api/notes', ok(200, {}))
    clock = 401_000
    await auth.fetch('/api/notes')
    expect(count(ME)).toBe(2)
    // A key is withdrawn: what the renewal gave is refused, and the next answer brings another
    clock = 402_000
    answers.set('GET /api/notes', (request, response) =>
      (count(ME) < 3 ? refuse('token_expired') : ok(200, {}))(request, response),
    )
    expect((await auth.fetch('/api/notes')).status).toBe(200)
    expect(count(ME)).toBe(3)
    answers.set('GET /api/notes', refuse('token_expired'))
    clock = 404_000
    expect((await auth.fetch('/api/notes')).status).toBe(401)
    expect(count(ME)).toBe(3)
    clock = 408_000
    expect((await auth.fetch('/api/notes')).status).toBe(401)
    expect(count(ME)).toBe(4)
  })
  it('is signed out, and repeats nothing, if the service refuses too', async () => {
    const auth = await booted()
    clock = 6000
    answers.set(ME, refuse('session_ended'))
    answers.set('GET /api/notes', refuse('token_expired'))
    const response = await auth.fetch('/api/notes')
    expect(await response.json()).toMatchObject({ code: 'token_expired' })
    expect(count('GET /api/notes')).toBe(1)
    expect(auth.state.status).toBe('signed-out')
  })
  it('repeats no request of one account as another', async () => {
    const auth = await booted()
    clock = 6000
    answers.set(ME, ok(200, { ...view, account: { ...view.account, id: 'acc_2' } }))
    answers.set('POST /api/notes', refuse('token_expired'))
    expect((await auth.fetch('/api/notes', { method: 'POST', body: 'x' })).status).toBe(401)
    expect(count('POST /api/notes')).toBe(1)
    expect(auth.state.account?.id).toBe('acc_2')
  })
  it.each([
    ['a renewal is due', 401_000, undefined],
    ['the page came back out of the cache', 6000, 'restored'],
  ] as const)(
    'sends nothing of one account as another that it finds because %s',
    async (...how) => {
      const [, later, event] = how
      const auth = await booted()
      clock = later
      answers.set(ME, ok(200, otherView)).set('POST /api/notes', refuse('not_signed_in'))
      const cookies: string[] = []
      vi.stubGlobal('fetch', (input: Request | string, init?: RequestInit) => {
        if (input instanceof Request) cookies.push(input.credentials)
        return realFetch(input, init)
      })
      if (event) tell(event)
      await auth.fetch('/api/notes', { method: 'POST', body: 'a note of acc_1' })
      vi.unstubAllGlobals()
      expect(auth.state.account?.id).toBe('acc_2')
      expect(calls.at(-1)).toMatchObject({ line: 'POST /api/notes', xsrf: undefined })
      expect(cookies).toEqual(['omit'])
    },
  )
  it('never repeats a wrong password (P5)', async () => {
    const auth = await booted()
    clock = 6000
    answers.set('PUT /auth/accounts/acc_1/password', refuse('invalid_credentials'))
    const init = { method: 'PUT', body: '{}' }
    expect((await auth.fetch('/auth/accounts/acc_1/password', init)).status).toBe(401)
    expect(calls.map(({ line }) => line)).toEqual([ME, 'PUT /auth/accounts/acc_1/password'])
  })
  it('repeats a request that has no body, or a form’s', async () => {
    const auth = await booted()
    clock = 6000
    const form = new FormData()
    form.set('text', 'hello')
    answers.set('DELETE /api/notes/1', refuse('token_expired'))
    answers.set('POST /api/notes', refuse('token_expired'))
    await auth.fetch(new Request(`${origin}/api/notes/1`, { method: 'DELETE' }))
    await auth.fetch('/api/notes', { method: 'POST', body: form })
    expect(count('DELETE /api/notes/1')).toBe(2)
    const bodies = calls.filter(({ line }) => line === 'POST /api/notes').map(({ body }) => body)
    expect(bodies).toHaveLength(2)
    expect(bodies.every((body) => body.includes('hello'))).toBe(true)
  })
  it('resolves an address as the page does, and goes by the page’s own origin', async () => {
    const seen: { url: string; xsrf: string | null }[] = []
    const auth = createAuth({
      url: `${origin}/auth`,
      runtime: {
        ...aloneRuntime,
        fetch: async (input, init) => {
          const request = new Request(input, init)
          const { url, headers } = request
          if (url.startsWith(`${origin}/auth`)) return fetch(request)
          seen.push({ url, xsrf: headers.get('x-xsrf-token') })
          return new Response()
        },
        now: () => 0,
        origin: () => origin,
        base: () => 'https://planted.example/',
      },
    })
    await auth.refresh()
    await auth.fetch('api/notes', { method: 'POST' })
    await auth.fetch(`${origin}/api/notes`, { method: 'POST' })
    expect(seen).toEqual([
      { url: 'https://planted.example/api/notes', xsrf: null },
      { url: `${origin}/api/notes`, xsrf: 'xsrf-1' },
    ])
  })
  it('renews before it sends a request if a renewal is due', async () => {
    const auth = await booted()
    answers.set('GET /api/notes', ok(200, {}))
    clock = 401_000
    await auth.fetch('/api/notes')
    expect(calls.map(({ line }) => line)).toEqual([ME, ME, 'GET /api/notes'])
  })
  it('renews before it sends a request also if the last answer came just before the renewal was due', async () => {
    const soon = { ...view, session: { ...view.session, expiresIn: 203, renewIn: 3 } }
    answers.set(ME, ok(200, soon))
    const auth = await booted()
    answers.set(ME, ok(200, view)).set('GET /api/notes', ok(200, {}))
    clock = 2000
    await auth.fetch('/api/notes')
    expect(calls.map(({ line }) => line)).toEqual([ME, 'GET /api/notes'])
    clock = 3000
    await auth.fetch('/api/notes')
    expect(calls.slice(2).map(({ line }) => line)).toEqual([ME, 'GET /api/notes'])
  })
})

describe('acts of the account', () => {
  it('list the sessions, page by page', async () => {
    const auth = await booted()
    const entry = { id: 'ses_1', device: 'laptop', current: true }
    answers.set('GET /auth/sessions', ok(200, { items: [entry], next: 'a b' }))
    answers.set('GET /auth/sessions?cursor=a+b', ok(200, { items: [], next: null }))
    const found = await auth.sessions()
    expect(found).toEqual({ ok: true, items: [entry], next: 'a b' })
    expect(await auth.sessions('a b')).toEqual({ ok: true, items: [], next: null })
  })
  it('change the password, and show what the service says then', async () => {
    const auth = await booted()
    answers.set('PUT /auth/accounts/acc_1/password', guarded(gone))
    const change = { current: 'a', password: 'b' }
    expect(await auth.changePassword(change)).toEqual({ ok: true })
    const put = calls.find(({ line }) => line.startsWith('PUT'))
    expect(put?.body).toBe(JSON.stringify(change))
    expect(count(ME)).toBe(2)
    answers.set('PUT /auth/accounts/acc_1/password', refuse('invalid_credentials'))
    expect(await auth.changePassword(change)).toMatchObject({
      ok: false,
      error: { code: 'invalid_credentials' },
    })
    expect(auth.state.status).toBe('signed-in')
  })
  it('change the profile, and show it', async () => {
    const auth = await booted()
    const account = { ...view.account, name: 'Ada' }
    answers.set('PATCH /auth/accounts/acc_1', guarded(ok(200, account)))
    answers.set(ME, ok(200, { ...view, account }))
    expect(await auth.updateProfile({ name: 'Ada' })).toEqual({ ok: true, account })
    expect(auth.state.account?.name).toBe('Ada')
  })
  it('change the address: mailed first, shown in every tab once it is confirmed', async () => {
    const auth = await booted()
    answers.set('PUT /auth/accounts/acc_1/email', guarded(ok(202, {})))
    expect(await auth.changeEmail({ email: 'new@example.com' })).toEqual({ ok: true })
    expect(calls.at(-1)?.body).toBe('{"email":"new@example.com"}')
    answers.set('POST /auth/email-changes/confirm', guarded(refuse('link_elsewhere')))
    expect(await auth.confirmEmailChange({ token: 'other' })).toMatchObject({
      ok: false,
      error: { code: 'link_elsewhere' },
    })
    const account = { ...view.account, email: 'new@example.com' }
    answers.set('POST /auth/email-changes/confirm', guarded(ok(200, {})))
    answers.set(ME, ok(200, { ...view, account }))
    posted.length = 0
    expect(await auth.confirmEmailChange({ code: 'ABCD2345' })).toEqual({ ok: true })
    expect(auth.state.account?.email).toBe('new@example.com')
    expect(posted).toContainEqual(expect.objectContaining({ view: { ...view, account } }))
  })
  it('confirm an address on a page that a mail leads to, which knows nobody yet', async () => {
    answers.set('POST /auth/email-changes/confirm', guarded(ok(200, {})))
    expect(await create().confirmEmailChange({ token: 'one' })).toEqual({ ok: true })
    expect(calls.map(({ line }) => line)).toEqual([ME, 'POST /auth/email-changes/confirm', ME])
  })
  it('return the export as a file', async () => {
    const auth = await booted()
    answers.set('GET /auth/accounts/acc_1/export', ok(200, { account: { name: 'Zoë' } }))
    const result = await auth.exportAccount()
    const file = result.ok ? result.file : undefined
    expect(file).toMatchObject({ name: 'account.json', type: 'application/json' })
    expect(JSON.parse((await file?.text()) ?? '')).toEqual({ account: { name: 'Zoë' } })
  })
  it.each<[string, (auth: Auth<typeof access>) => Promise<unknown>, string, object | undefined]>([
    [
      'an erasure',
      (auth) => auth.eraseAccount(),
      'DELETE /auth/accounts/acc_1',
      { erasesAt: '2026-12-12T00:00:00Z' },
    ],
    [
      'an undo of an address',
      (auth) => auth.undoEmailChange({ token: 'one', pause: true }),
      'POST /auth/email-changes/undo',
      undefined,
    ],
    [
      'a denied sign-in',
      (auth) => auth.denySignIn({ token: 'one', everything: true }),
      'POST /auth/session-notices/deny',
      undefined,
    ],
  ])('sign the person out in every tab after %s', async (_name, act, line, body) => {
    const auth = await booted()
    const isDenial = line.endsWith('/deny')
    const status = line.startsWith('DELETE') ? 202 : 200
    answers.set(line, isDenial ? gone : guarded(ok(status, body ?? {})))
    answers.set(ME, refuse('session_ended'))
    posted.length = 0
    expect(await act(auth)).toEqual({ ok: true, ...body })
    expect(auth.state).toMatchObject({ status: 'signed-out', reason: 'session_ended' })
    expect(posted).toContainEqual({ gone: 'ses_1', reason: 'session_ended' })
  })
  it('undo an erasure, without a session', async () => {
    answers.set('POST /auth/account-erasures/undo', ok(200, {}))
    expect(await create().undoErasure({ token: 'one' })).toEqual({ ok: true })
    expect(calls.map(({ line, body }) => line + body)).toEqual([
      'POST /auth/account-erasures/undo{"token":"one"}',
    ])
  })
  it('list the devices, and forget one', async () => {
    const auth = await booted()
    const devices = [{ id: 'dev_1', browser: 'Firefox on Linux', changed: [], current: true }]
    answers.set('GET /auth/devices', ok(200, { items: devices }))
    answers.set('DELETE /auth/devices/dev_1', guarded(gone))
    expect(await auth.devices()).toEqual({ ok: true, devices })
    expect(await auth.forgetDevice('dev_1')).toEqual({ ok: true })
  })
  it('change nothing of a person who signs in while their code is loaded', async () => {
    const auth = await booted()
    answers.set('PATCH /auth/accounts/acc_2', ok(200, otherView.account))
    const changed = auth.updateProfile({ name: 'Ada' })
    receive({ view: otherView, extended: true, entered: true })
    expect(auth.state.account?.id).toBe('acc_2')
    expect(await changed).toMatchObject({ ok: false, error: { code: 'not_signed_in' } })
    expect(calls.map(({ line }) => line)).toEqual([ME])
  })
  it('without a session are made by a page whose sign-out is under way', async () => {
    const auth = await booted()
    const late = held(gone)
    answers.set('DELETE /auth/sessions/current', late.answer)
    answers.set('POST /auth/password-resets', ok(202, {}))
    const signedOut = auth.signOut()
    await vi.waitFor(() => expect(auth.state.status).toBe('signed-out'))
    const requested = auth.requestPasswordReset({ email: 'ada@example.com' })
    receive({ gone: 'ses_1', reason: 'signed_out' })
    late.release()
    expect(await requested).toEqual({ ok: true })
    expect(await signedOut).toEqual({ ok: true })
  })
  it('return an error, and don’t throw, if the service can’t be reached or no user is signed in', async () => {
    const auth = await booted()
    answers.set('PUT /auth/accounts/acc_1/password', cut)
    const change = { current: 'a', password: 'b' }
    expect(await auth.changePassword(change)).toMatchObject({ error: { code: 'unavailable' } })
    answers.set(ME, refuse('session_ended'))
    await auth.refresh()
    answers.set('PATCH /auth/accounts/me', refuse('not_signed_in'))
    expect(await auth.updateProfile({})).toMatchObject({ error: { code: 'not_signed_in' } })
  })
})

/** What a structured clone can hold, and no answer of a service. */
const cyclic: Record<string, unknown> = { ...view.account }
cyclic['self'] = cyclic
const deep = Array.from({ length: 20_000 }).reduce<object>((inner) => ({ inner }), {})

describe('what another script of the origin sends to the tabs', () => {
  it.each([
    [null],
    ['view'],
    [7],
    [[]],
    [{}],
    [{ view: null }],
    [{ view: {} }],
    [{ view: { ...view, session: {} } }],
    [{ view: { ...view, account: { id: 7 } } }],
    [{ view: { ...view, session: { ...view.session, id: undefined } } }],
    [{ view: { ...view, session: { ...view.session, createdAt: 7 } } }],
    [{ view: { ...view, scope: 'notes:read' } }],
    ...['expiresIn', 'renewIn', 'idleExpiresIn', 'absoluteExpiresIn'].flatMap((time) =>
      ['x', '600', Number.NaN, Infinity, -1, null].map((value): [unknown] => [
        { view: { ...view, session: { ...view.session, [time]: value } } },
      ]),
    ),
    [{ view: { ...view, account: { ...view.account, profile: new Uint8Array(3) } } }],
    [{ view: { ...view, roles: [1n] } }],
    [{ view: { ...view, account: cyclic } }],
    [deep],
    [{ gone: {}, reason: 'signed_out' }],
    [{ gone: 'ses_1' }],
    [{ gone: 'ses_1', reason: {} }],
    [{ leave: ['ses_1'] }],
    [{ leave: 'ses_1', view: {} }],
    [{ leave: 'x'.repeat(1e6) }],
    [{ down: Number.NaN, firm: true }],
    [{ down: Infinity, firm: true }],
    [{ down: '1', firm: true }],
    [{ down: 1 }],
  ])('changes nothing if it is no message of ours: %#', async (message) => {
    const auth = await booted()
    const { state } = auth
    const copy = message === deep ? message : structuredClone(message)
    expect(() => receive(copy)).not.toThrow()
    expect(auth.state).toBe(state)
    clock = 401_000
    await auth.fetch('/api/notes')
    expect(count(ME)).toBe(2)
  })
  it('keeps a page from the service for a minute at most', async () => {
    const auth = await booted()
    receive({ down: 1e12, firm: true })
    clock = 60_001
    answers.set('GET /api/notes', refuse('token_expired')).set(ME, refuse('account_locked'))
    await auth.fetch('/api/notes')
    expect(auth.state.reason).toBe('account_locked')
  })
  it('can’t be changed, like an answer of the service', async () => {
    const auth = await booted()
    receive(structuredClone({ view: otherView, extended: true }))
    expect(auth.state.account?.id).toBe('acc_2')
    expect(() => (auth.state.scope as string[]).push('notes:admin')).toThrow(TypeError)
    expect(Object.isFrozen(auth.state.account)).toBe(true)
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
