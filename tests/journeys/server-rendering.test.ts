import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { Readable } from 'node:stream'
import type { AuthState } from '@keyhaven/client'
import { createAuth } from '@keyhaven/client'
import { handleKeyhaven, useAuth } from '@keyhaven/client/svelte'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { password } from '@keyhaven/stage/http/person'
import { cookieAfter, setCookies } from '@keyhaven/stage/http/set-cookies'
import { freePort } from '@keyhaven/stage/processes/process'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'

const data = newFolder()
let service: Service
let front: Server
let origin = ''
/** The cookies that the hook has set, as SvelteKit gets them. */
const kept: (readonly [name: string, attributes: object])[] = []
/** The calls that reached the service. */
const calls: string[] = []
let drawn: AuthState | undefined

/** The hook behind a server, as SvelteKit calls it for a path with a route. */
async function answer(request: Request): Promise<Response> {
  const locals: { auth?: AuthState } = {}
  const url = new URL(request.url)
  return handleKeyhaven({
    event: {
      request,
      url,
      route: { id: url.pathname === '/none' ? null : '/' },
      locals,
      getClientAddress: () => '192.0.2.7',
      cookies: { set: (name, _value, attributes) => void kept.push([name, attributes]) },
    },
    resolve: () => {
      drawn = locals.auth
      return new Response(JSON.stringify(locals.auth ?? null))
    },
  })
}

beforeAll(async () => {
  const port = await freePort()
  origin = `http://localhost:${port}`
  service = await serve(data, { url: `${origin}/auth` })
  vi.stubEnv('KEYHAVEN_URL', `${origin}/auth`)
  vi.stubEnv('KEYHAVEN_REACH', service.address)
  const { fetch } = globalThis
  vi.stubGlobal('fetch', (to: string, how: RequestInit) => {
    if (to.startsWith(service.address)) calls.push(`${how.method ?? 'GET'} ${new URL(to).pathname}`)
    return fetch(to, how)
  })
  front = createServer((request, response) => {
    const { method = 'GET', url = '/', headers } = request
    const body = method === 'GET' ? null : (Readable.toWeb(request) as ReadableStream)
    const how = { method, headers: headers as Record<string, string>, body, duplex: 'half' }
    void answer(new Request(origin + url, how as RequestInit)).then(async (given) => {
      for (const [name, value] of given.headers) response.appendHeader(name, value)
      response.writeHead(given.status).end(Buffer.from(await given.arrayBuffer()))
    })
  }).listen(port, 'localhost')
  await once(front, 'listening')
})
afterAll(async () => {
  vi.unstubAllGlobals()
  vi.unstubAllEnvs()
  front.close()
  front.closeAllConnections()
  await service.close()
  rmSync(data, { recursive: true, force: true })
})
beforeEach(() => {
  kept.length = 0
  calls.length = 0
  drawn = undefined
})

const visit = (headers: Record<string, string> = {}, path = '/'): Promise<Response> =>
  fetch(origin + path, { headers, redirect: 'manual' })

/** Signs up through the page's server, as the page does. */
async function enter(email: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${origin}/auth/accounts`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ email, password }),
  })
}

describe('a page that a server draws (P18)', () => {
  it('passes calls of the service on, with every cookie, and draws the person of the request', async () => {
    const [ada, ben] = [await enter('ada@example.com'), await enter('ben@example.com')]
    expect([ada.status, setCookies(ada).map(({ name }) => name)]).toEqual([
      201,
      ['keyhaven', 'keyhaven-session', 'XSRF-TOKEN', 'keyhaven-device'],
    ])
    // The service decides who may call: the server adds no trust
    expect((await enter('eve@example.com', { origin: 'https://evil.example' })).status).toBe(403)
    const emails = await Promise.all(
      [ada, ben, ada, ben].map(async (person) => {
        const response = await visit({ cookie: `theme=dark; ${cookieAfter(person)}` })
        expect(response.headers.get('cache-control')).toBe('private, no-store')
        const text = await response.text()
        expect(text).not.toMatch(/eyJ|xsrf/i)
        return (JSON.parse(text) as AuthState).account?.email
      }),
    )
    expect(emails).toEqual([
      'ada@example.com',
      'ben@example.com',
      'ada@example.com',
      'ben@example.com',
    ])
    const auth = createAuth()
    expect(auth.state.status).toBe('loading')
    expect(useAuth(auth, drawn).state.account?.email).toMatch(/^(ada|ben)@/)
    expect(useAuth(auth).state.status).toBe('loading')
  })

  it('renews in the hook, which alone can set cookies, unless another site sent the browser', async () => {
    const person = await enter('mira@example.com')
    const session = cookieAfter(person)
      .split('; ')
      .filter((pair) => !pair.startsWith('keyhaven='))
    const cookie = session.join('; ')
    await visit({ cookie, 'sec-fetch-site': 'cross-site' })
    expect([drawn?.status, kept]).toEqual(['signed-in', []])
    await visit({ cookie })
    expect(kept).toEqual([
      ['keyhaven', expect.objectContaining({ path: '/', httpOnly: true, sameSite: 'strict' })],
      ['XSRF-TOKEN', expect.objectContaining({ path: '/', httpOnly: false })],
    ])
    expect(drawn?.account?.email).toBe('mira@example.com')
  })

  it('makes no call without need: no cookies of it, too many, a path without a route', async () => {
    const person = cookieAfter(await enter('olga@example.com'))
    calls.length = 0
    await visit({ cookie: 'theme=dark; other-keyhaven=x' })
    expect(drawn).toMatchObject({ status: 'signed-out', account: undefined })
    await visit({ cookie: `keyhaven=${'x'.repeat(9000)}` })
    expect(drawn?.status).toBe('signed-out')
    await visit({ cookie: person }, '/none')
    expect([drawn, calls]).toEqual([undefined, []])
    // A cookie that is none of ours, and one that has ended
    await visit({ cookie: 'keyhaven-session=forged' })
    expect([drawn?.status, calls]).toEqual(['signed-out', ['GET /auth/user/current']])
  })

  it('knows nothing without an answer, and leads no call back to itself', async () => {
    const cookie = cookieAfter(await enter('zoe@example.com'))
    vi.stubEnv('KEYHAVEN_REACH', `http://localhost:${await freePort()}/auth`)
    await visit({ cookie })
    expect(drawn).toMatchObject({ status: 'offline', account: undefined })
    const call = await visit({ cookie }, '/auth/user/current')
    expect([call.status, await call.json()]).toEqual([
      503,
      expect.objectContaining({ code: 'unavailable' }),
    ])
    vi.stubEnv('KEYHAVEN_REACH', `${origin}/auth`)
    const looped = new Request(`${origin}/auth/user/current`, { headers: { cookie } })
    await expect(answer(looped)).rejects.toThrow(
      'set KEYHAVEN_REACH to the address on which the service listens',
    )
    vi.stubEnv('KEYHAVEN_REACH', 'auth')
    await expect(answer(looped)).rejects.toThrow('KEYHAVEN_REACH is "auth", which is no http URL')
    vi.stubEnv('KEYHAVEN_REACH', service.address)
  })
})
