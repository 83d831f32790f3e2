import { setImmediate as turn } from 'node:timers/promises'
import { problemOf } from '@keyhaven/core/errors'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Auth, PageEvent, Runtime } from '@keyhaven/client'
import {
  capacitorStorage,
  createBearerAuth,
  createNativeAuth,
  expoStorage,
  memoryStorage,
} from '@keyhaven/client/native'
import type { TokenStorage } from '@keyhaven/client/native'
import { createTestService, cut, ME, ok, refuse, view } from './test-service.ts'
import { SIGN_IN, SIGN_OUT, TOKEN, tokenService } from './token-service.ts'
import type { TokenService } from './token-service.ts'

const service = createTestService()
const { answers, calls, count } = service
const ann = { login: 'a@example.com', password: 'correct horse battery' }
const MINUTE = 60_000

let clock = 0
let isOffline = false
/** The next answers of this line are lost on their way back. */
let lost: { line: string; times: number } = { line: '', times: 0 }
let tokens: TokenService
/** What left the app. */
const sent: Request[] = []
/** Calls that are not answered yet. */
let underWay = 0
let timers = new Set<{ readonly at: number; readonly call: () => void }>()

beforeEach(async () => {
  await service.start()
  clock = 0
  isOffline = false
  lost = { line: '', times: 0 }
  sent.length = 0
  timers = new Set()
  tokens = tokenService(service, () => clock)
})
afterEach(() => service.stop())

interface App {
  readonly auth: Auth
  readonly storage: TokenStorage
  readonly resume: () => void
  readonly gone: string[]
}

function open(storage: TokenStorage = memoryStorage()): App {
  let report: (event: PageEvent) => void = () => {}
  const runtime: Runtime = {
    fetch: async (input, init) => {
      const request = new Request(input, init)
      sent.push(request.clone())
      if (isOffline) throw new TypeError('no network')
      underWay++
      const response = await whole(request).finally(() => underWay--)
      const { pathname } = new URL(request.url)
      if (lost.times > 0 && `${request.method} ${pathname}` === lost.line) {
        lost.times--
        throw new TypeError('the connection was lost')
      }
      return response
    },
    now: () => clock,
    random: () => 0,
    after: (milliseconds, call) => {
      const timer = { at: clock + milliseconds, call }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    origin: () => 'https://localhost',
    base: () => 'https://localhost/',
    watch: (listener) => {
      report = listener
    },
    lock: (_name, _signal, work) => work(),
    join: () => () => {},
    listen: () => () => {},
  }
  const url = `${service.origin()}/auth`
  const auth = createNativeAuth({ url, storage, runtime, origins: [] }) as Auth
  const gone: string[] = []
  auth.subscribe(() => {})
  auth.on('signed-out', ({ reason }) => gone.push(reason))
  return { auth, storage, resume: () => report('back'), gone }
}

/** Moves the clock in steps of a second, and runs the timers that are due, until `isDone`, or as far as given. */
async function pass(milliseconds: number, isDone: () => boolean = () => false): Promise<void> {
  const end = clock + milliseconds
  while (clock < end && !isDone()) {
    clock = Math.min(clock + 500, end)
    for (const timer of Array.from(timers)) {
      if (timer.at > clock || !timers.delete(timer)) continue
      timer.call()
    }
    await settle()
  }
}

/** Waits until nothing is under way: the network is real. */
async function settle(): Promise<void> {
  for (let quiet = 0; quiet < 10; quiet++) {
    await turn()
    if (underWay > 0) quiet = -1
  }
}

/** The answer with its body, so that reading it takes no time. */
async function whole(request: Request): Promise<Response> {
  const response = await fetch(request)
  const { status, headers } = response
  const body = await response.arrayBuffer()
  return new Response(status === 204 ? null : body, { status, headers })
}

async function opened(storage?: TokenStorage): Promise<App> {
  const app = open(storage)
  expect((await app.auth.signIn(ann)).ok).toBe(true)
  await settle()
  return app
}

/** An app that is opened again, with what the storage kept. */
async function reopened({ storage }: App): Promise<App> {
  const app = open(storage)
  await app.auth.refresh()
  return app
}

const notes = (app: App): Promise<number> =>
  app.auth.fetch(`${service.origin()}/api/notes`).then(({ status }) => status)

describe('createNativeAuth', () => {
  it('sends bearer tokens and never a cookie or an XSRF token (R68, P10, P19, H25)', async () => {
    const app = await opened()
    expect(JSON.parse(calls.find(({ line }) => line === SIGN_IN)?.body ?? '')).toEqual({
      ...ann,
      transport: 'bearer',
    })
    expect(await notes(app)).toBe(204)
    await app.auth.fetch(`${service.origin()}/api/notes`, { method: 'POST', body: '{}' })
    await app.auth.sessions()
    expect(sent).toHaveLength(4)
    for (const request of sent) {
      expect([request.credentials, request.headers.get('cookie')]).toEqual(['omit', null])
      expect(request.headers.get('x-xsrf-token')).toBeNull()
    }
    expect(app.auth.headers()).toEqual({})
    // Another origin gets no token
    await app.auth.fetch('http://127.0.0.1:9/').catch(() => {})
    expect(sent.at(-1)?.headers.get('authorization')).toBeNull()
  })
  it('shows no token to the app: not in results, states or texts (R68)', async () => {
    const app = open()
    const result = await app.auth.signIn(ann)
    clock = 9 * MINUTE
    await app.auth.refresh()
    expect(tokens.rotations()).toBe(1)
    const all = [result, app.auth, app.auth.state, Object.values(app.auth)]
    expect(JSON.stringify(all)).not.toMatch(/access-|refresh-/)
    expect(app.auth.state.account?.id).toBe('acc_1')
    expect(await app.storage.get(keyOf('session'))).toContain('refresh-1-1')
    expect(await app.storage.get(keyOf('session'))).not.toContain('access-')
    expect(await app.storage.get(keyOf('profile'))).not.toMatch(/access-|refresh-/)
  })
  it('is signed in after it was killed, and signed out in an app without a session (R68, P10)', async () => {
    const app = await opened()
    const next = await reopened(app)
    expect(next.auth.state).toMatchObject({ status: 'signed-in', account: { id: 'acc_1' } })
    expect(await notes(next)).toBe(204)
    calls.length = 0
    const other = open()
    await other.auth.refresh()
    expect(other.auth.state).toMatchObject({ status: 'signed-out', reason: 'not_signed_in' })
    // It needs no call to know that
    expect(calls).toHaveLength(0)
  })
  it('refreshes once for twenty calls, and renews by itself (R84)', async () => {
    const app = await opened()
    clock = 9 * MINUTE
    const all = await Promise.all(Array.from({ length: 20 }, () => notes(app)))
    expect(new Set(all)).toEqual(new Set([204]))
    expect([tokens.refreshes(), tokens.rotations()]).toEqual([1, 1])
    await pass(9 * MINUTE, () => tokens.rotations() > 1)
    expect(tokens.rotations()).toBe(2)
    expect(app.auth.state.status).toBe('signed-in')
  })
  it('repeats a refresh whose answer was lost with the same token (S02)', async () => {
    const app = await opened()
    clock = 9 * MINUTE
    lost = { line: TOKEN, times: 3 }
    const refreshed = app.auth.refresh()
    await pass(9000, () => tokens.refreshes() > 3)
    await refreshed
    await pass(11_000)
    const bodies = calls.filter(({ line }) => line === TOKEN).map(({ body }) => body)
    expect(new Set(bodies.slice(0, 4)).size).toBe(1)
    expect(tokens.rotations()).toBe(1)
    expect([app.auth.state.status, tokens.isLive()]).toEqual(['signed-in', true])
  })
  it('keeps the session if the service fails, and ends it if a token was used elsewhere (S02, P17)', async () => {
    const app = await opened()
    const stolen = JSON.parse((await app.storage.get(keyOf('session'))) ?? '') as object
    clock = 9 * MINUTE
    const right = answers.get(TOKEN)
    for (const broken of [
      cut,
      refuse('unavailable'),
      ok(200, {}),
      ok(400, { error: 'invalid_client' }),
    ]) {
      answers.set(TOKEN, broken)
      const refreshed = app.auth.refresh()
      await pass(2000)
      await refreshed
      expect(app.auth.state.account?.id).toBe('acc_1')
      clock += 10_000
    }
    if (right) answers.set(TOKEN, right)
    await pass(20_000, () => tokens.rotations() > 0)
    const thief = memoryStorage()
    await thief.set(keyOf('session'), JSON.stringify(stolen))
    clock += MINUTE
    const other = open(thief)
    await other.auth.refresh()
    expect(other.auth.state.status).toBe('signed-out')
    app.resume()
    await pass(11_000, () => app.gone.length > 0)
    expect(app.auth.state).toMatchObject({ status: 'signed-out', reason: 'session_ended' })
    expect(app.gone).toEqual(['session_ended'])
    expect(await app.storage.get(keyOf('session'))).toBeNull()
    expect(await app.storage.get(keyOf('profile'))).toBeNull()
  })
  it('lets two instances share one storage', async () => {
    const app = await opened()
    const both = [app, await reopened(app), await reopened(app)]
    for (let round = 0; round < 3; round++) {
      clock += 9 * MINUTE
      await Promise.all(both.map(({ auth }) => auth.refresh()))
      expect(await Promise.all(both.map(notes))).toEqual([204, 204, 204])
      clock += MINUTE
    }
    expect(tokens.isLive()).toBe(true)
    expect((await app.auth.signOut()).ok).toBe(true)
    clock += 9 * MINUTE
    await Promise.all(both.map(({ auth }) => auth.refresh()))
    expect(both.map(({ auth }) => auth.state.status)).toEqual(Array(3).fill('signed-out'))
  })
  it('starts offline with the stored user, marked `unverified` (P10)', async () => {
    const app = await opened()
    isOffline = true
    const next = open(app.storage)
    const states: string[] = []
    next.auth.subscribe(() => states.push(next.auth.state.status))
    const refreshed = next.auth.refresh()
    await pass(2000)
    const state = await refreshed
    expect(state).toMatchObject({
      status: 'offline',
      unverified: true,
      account: { id: 'acc_1' },
      scope: view.scope,
      session: undefined,
    })
    expect(next.auth.state).toBe(next.auth.state)
    expect(Object.isFrozen(state.account)).toBe(true)
    expect(next.auth.at(state).state).toBe(state)
    expect(states).toEqual(['offline'])
    isOffline = false
    next.resume()
    await pass(12_000, () => next.auth.state.status === 'signed-in')
    expect(next.auth.state.unverified).toBeUndefined()
    expect(next.auth.state.status).toBe('signed-in')
  })
  it('signs out offline, and ends the session when it can, also after a restart', async () => {
    const app = await opened()
    isOffline = true
    expect((await app.auth.signOut()).ok).toBe(false)
    expect(app.auth.state).toMatchObject({ status: 'signed-out', leaving: true })
    await settle()
    const next = open(app.storage)
    await next.auth.refresh()
    expect(next.auth.state.status).toBe('signed-out')
    expect(await app.storage.get(keyOf('profile'))).toBeNull()
    isOffline = false
    await pass(11_000, () => tokens.left.length > 0)
    expect([tokens.left.length > 0, tokens.isLive()]).toEqual([true, false])
    await pass(11_000, () => !app.auth.state.leaving)
    expect(app.auth.state.leaving).toBe(false)
    expect(await app.storage.get(keyOf('session'))).toBeNull()
  })
  it('shows on resume that another device has ended the session', async () => {
    const app = await opened()
    tokens.end()
    clock += MINUTE
    app.resume()
    await pass(11_000, () => app.gone.length > 0)
    expect(app.auth.state).toMatchObject({ status: 'signed-out', reason: 'session_ended' })
    expect(app.gone).toEqual(['session_ended'])
    expect(await app.storage.get(keyOf('session'))).toBeNull()
  })
  it('ends the former session when another user signs in', async () => {
    const app = await opened()
    await app.auth.signIn({ ...ann, login: 'b@example.com' })
    await pass(1000, () => tokens.left.length > 0)
    expect(app.auth.state.account?.id).toBe('acc_2')
    expect(app.gone).toEqual(['account_switched'])
    expect(tokens.left).toEqual(['Bearer access-1-0'])
    expect((await reopened(app)).auth.state.account?.id).toBe('acc_2')
  })
  it('refreshes after a suspension in which its clock stood still, and after a refused token', async () => {
    const app = await opened()
    // The service's time went on: it takes only the next token
    const meOf = answers.get(ME)
    answers.set(ME, (request, response) => {
      const answer = tokens.rotations() === 0 ? refuse('token_expired') : meOf
      answer?.(request, response)
    })
    clock += 6000
    app.resume()
    await pass(11_000, () => tokens.rotations() > 0)
    await settle()
    expect([app.auth.state.status, tokens.rotations()]).toEqual(['signed-in', 1])
    // A clock that is set back or ahead by hours changes nothing
    clock += 3 * 3_600_000
    await app.auth.refresh()
    expect(await notes(app)).toBe(204)
  })
  it('goes on with a second factor by the attempt, and hides it (H3)', async () => {
    const attempt = 'A'.repeat(43)
    answers.set(SIGN_IN, (_request, response) => {
      const problem = problemOf('second_factor_required', {
        attempt: { factors: ['totp'], expiresIn: 900 },
      })
      response.writeHead(401, { 'content-type': 'application/problem+json' })
      response.end(JSON.stringify({ ...problem, attempt }))
    })
    answers.set(
      'POST /auth/sessions/second-factor',
      ok(201, { ...view, accessToken: 'access-1-0', refreshToken: 'refresh-1-0' }),
    )
    const app = open()
    const begun = await app.auth.signIn(ann)
    expect(begun.ok || begun.error.code).toBe('second_factor_required')
    expect(JSON.stringify(begun)).not.toContain(attempt)
    // The person fetches the code in another app, and the system ends this one
    await settle()
    const next = open(app.storage)
    expect((await next.auth.completeSignIn({ totp: '123456' })).ok).toBe(true)
    const call = calls.find(({ line }) => line === 'POST /auth/sessions/second-factor')
    expect(JSON.parse(call?.body ?? '')).toEqual({ totp: '123456', transport: 'bearer', attempt })
  })
})

describe('a storage of an app', () => {
  it('that throws leaves the session in memory, and no old token behind', async () => {
    const reported = vi.spyOn(console, 'error').mockImplementation(() => {})
    const inner = memoryStorage()
    let fails = false
    const app = await opened({
      ...inner,
      set: (key, value) => (fails ? Promise.reject(new Error('full')) : inner.set(key, value)),
    })
    fails = true
    clock = 9 * MINUTE
    await app.auth.refresh()
    await settle()
    expect(await notes(app)).toBe(204)
    expect(await inner.get(keyOf('session'))).toBeNull()
    expect(reported).toHaveBeenCalledOnce()
    fails = false
    clock += 9 * MINUTE
    await app.auth.refresh()
    await settle()
    expect(await inner.get(keyOf('session'))).toContain('refresh-1-2')
    vi.restoreAllMocks()
  })
  it('that can’t be read, or is slow, is no sign-out', async () => {
    const { storage } = await opened()
    let answer: 'throw' | 'wait' | 'read' = 'throw'
    const app = open({
      ...storage,
      get: (key) => {
        if (answer === 'throw') throw new Error('locked')
        return answer === 'wait' ? new Promise(() => {}) : storage.get(key)
      },
    })
    await app.auth.refresh()
    expect(app.auth.state.status).toBe('offline')
    answer = 'wait'
    clock += 10_000
    const waiting = app.auth.refresh()
    await pass(6000)
    await waiting
    expect(app.auth.state.status).toBe('offline')
    answer = 'read'
    clock += 10_000
    await app.auth.refresh()
    expect(app.auth.state.status).toBe('signed-in')
  })
  it('is used by its plugin’s own methods', async () => {
    const values = new Map<string, string>()
    const plugin = {
      getItem: async (key: string) => values.get(key) ?? null,
      setItem: async (key: string, value: string) => void values.set(key, value),
      removeItem: async (key: string) => void values.delete(key),
    }
    const expo = {
      getItemAsync: plugin.getItem,
      setItemAsync: plugin.setItem,
      deleteItemAsync: plugin.removeItem,
    }
    for (const storage of [capacitorStorage(plugin), expoStorage(expo), memoryStorage()]) {
      await storage.set('a', '1')
      expect(await storage.get('a')).toBe('1')
      await storage.remove('a')
      expect(await storage.get('a')).toBeNull()
    }
  })
})

describe('createBearerAuth', () => {
  it('keeps its tokens in memory, prints why that is a risk, and is signed out by a reload (R64, R80)', async () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => {})
    vi.stubEnv('NODE_ENV', 'development')
    const url = `${service.origin()}/auth`
    const auth = createBearerAuth({ url })
    expect((await auth.signIn(ann)).ok).toBe(true)
    expect((await auth.fetch(`${service.origin()}/api/notes`)).status).toBe(204)
    const reloaded = createBearerAuth({ url })
    expect((await reloaded.refresh()).status).toBe('signed-out')
    expect(warned).toHaveBeenCalledOnce()
    expect(warned.mock.calls[0]?.[0]).toContain('steal')
    expect((await auth.signOut()).ok).toBe(true)
    expect([count(SIGN_OUT), tokens.isLive()]).toEqual([1, false])
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
  })
})

/** The key of a value in the storage, as each store allows it. */
function keyOf(kind: string): string {
  return `keyhaven.${kind}.${new URL(service.origin()).host.replace(':', '_')}_auth`
}
