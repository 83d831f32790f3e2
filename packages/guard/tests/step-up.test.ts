import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { issueAccessToken } from '@keyhaven/core'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import express from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { createGuard, refusalOf } from '@keyhaven/guard'
import type { Guard, RefusedRequest, RequireOptions } from '@keyhaven/guard'
import { expressGuard } from '@keyhaven/guard/express'
import { nodeGuard } from '@keyhaven/guard/node'
import type { Handler } from '@keyhaven/guard/node'
import { wsGuard } from '@keyhaven/guard/ws'
import { access, notes } from './guard.suite.ts'
import type { SuiteGuard } from './guard.suite.ts'
import { listening, startIssuer } from './test-issuer.ts'

const within = '5m'
const challenge = 'Bearer error="insufficient_user_authentication", max_age="300"'
const noteOf = (url = ''): unknown => notes[url.split('/').at(-1) ?? '']

let issuer: Awaited<ReturnType<typeof startIssuer>>
let guard: SuiteGuard
const servers: Server[] = []
/** The adapters, by the address of an API behind each. */
const bases: Record<string, string> = {}
const refused: RefusedRequest[] = []
const lines: string[] = []
/** Handlers and loaders that have run. */
const ran: string[] = []

beforeAll(async () => {
  issuer = await startIssuer()
  guard = createGuard({
    issuer: issuer.issuer,
    access,
    onRefused: (one) => refused.push(one),
    log: (line) => lines.push(line),
  })
  const server = createServer(onNode())
  const sockets = new WebSocketServer({ noServer: true })
  const scoped = wsGuard(guard, sockets, { scope: 'notes:admin', within })
  const plain = wsGuard(guard, sockets, { within })
  server.on('upgrade', (request, socket, head) =>
    (request.url === '/admin' ? scoped : plain)(request, socket, head),
  )
  servers.push(server, createServer(onExpress()))
  bases['nodeGuard'] = await listening(servers[0] as Server)
  bases['expressGuard'] = await listening(servers[1] as Server)
  await guard.ready()
})
afterAll(() => {
  guard.close()
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
  issuer.close()
})

function onNode() {
  const api = nodeGuard(guard)
  const done: Handler = (_request, response) => {
    ran.push('handler')
    response.end('{}')
  }
  const load = ({ url }: { url?: string | undefined }): unknown => {
    ran.push('loader')
    return noteOf(url)
  }
  const read = api.require('notes:read', { within }, done)
  const admin = api.require('notes:admin', { within }, done)
  const write = api.require('notes:write', load, { within }, done)
  const anyAge = api.require('notes:read', done)
  return api((request, response) => {
    const { url = '' } = request
    if (url === '/admin') return admin(request, response)
    if (url === '/any-age') return anyAge(request, response)
    return (url.startsWith('/notes/') ? write : read)(request, response)
  })
}

function onExpress() {
  const app = express()
  const api = expressGuard(guard)
  const done: express.RequestHandler = (_request, response) => {
    ran.push('handler')
    response.json({})
  }
  const load = ({ url }: express.Request): unknown => {
    ran.push('loader')
    return Promise.resolve(noteOf(url))
  }
  app.use(api)
  app.all('/notes', api.require('notes:read', { within }), done)
  app.all('/admin', api.require('notes:admin', { within }), done)
  app.all('/notes/:id', api.require('notes:write', load, { within }), done)
  app.all('/any-age', api.require('notes:read'), done)
  return app
}

const now = (): number => Math.floor(Date.now() / 1000)

function bearer(change: Partial<AccessTokenClaims> = {}): { authorization: string } {
  const claims = {
    iss: issuer.issuer,
    sub: `${issuer.issuer}/accounts/acc_1`,
    aud: [issuer.issuer, new URL(issuer.issuer).origin],
    exp: now() + 600,
    iat: now(),
    jti: 'jti',
    sid: 'ses_1',
    client_id: 'web',
    scope: 'notes:read notes:write',
    ...change,
  }
  return { authorization: `Bearer ${issueAccessToken(claims, issuer.key)}` }
}

const proved = (secondsAgo: number) => ({ auth_time: now() - secondsAgo })

describe.each(['expressGuard', 'nodeGuard'])(
  'require of %s with `within` (SES-6, 10.3.4)',
  (door) => {
    const ask = (path: string, claims: Partial<AccessTokenClaims>, method = 'GET') =>
      fetch(bases[door] + path, { method, headers: bearer(claims) })
    const codeOf = async (response: Response): Promise<string> =>
      `${response.status} ${((await response.json()) as { code: string }).code}`

    it('refuses a proof that is too old as the service does, and lets a fresh one in', async () => {
      expect((await ask('/notes', proved(200))).status).toBe(200)
      const answer = await ask('/notes', proved(400))
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toBe(challenge)
      expect(answer.headers.get('content-type')).toContain('application/problem+json')
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(await answer.json()).toMatchObject({
        code: 'step_up_required',
        status: 401,
        max_age: 300,
      })
      // A route without it accepts any age
      expect((await ask('/any-age', proved(400))).status).toBe(200)
      expect((await ask('/any-age', {})).status).toBe(200)
    })
    it('accepts no token without a proof, and none of the future', async () => {
      for (const claims of [{}, { auth_time: 0 }, proved(-60)]) {
        expect(await codeOf(await ask('/notes', claims))).toBe('401 step_up_required')
      }
      // Clocks of two machines differ by a little
      expect((await ask('/notes', proved(-3))).status).toBe(200)
      for (const auth_time of [String(now()), -now(), now() + 0.5, null, [now()]]) {
        const claims = { auth_time } as unknown as Partial<AccessTokenClaims>
        expect(await codeOf(await ask('/notes', claims))).toBe('401 token_invalid')
      }
    })
    it('refuses for want of the scope, the resource or the rule first (H7)', async () => {
      expect(await codeOf(await ask('/admin', proved(400)))).toBe('403 insufficient_scope')
      expect(await codeOf(await ask('/notes/n2', proved(400)))).toBe('403 insufficient_scope')
      expect(await codeOf(await ask('/notes/none', proved(400)))).toBe('404 not_found')
      expect(await codeOf(await ask('/notes/none', { scope: '' }))).toBe('403 insufficient_scope')
      ran.length = 0
      expect(await codeOf(await ask('/notes/n1', proved(400), 'PUT'))).toBe('401 step_up_required')
      expect(ran).toEqual(['loader'])
      expect((await ask('/notes/n1', proved(200), 'PUT')).status).toBe(200)
    })
    it('refuses an impersonator with 403, because their own proof does not count', async () => {
      const claims = { auth_time: 0, act: { sub: `${issuer.issuer}/accounts/acc_9` } }
      expect(await codeOf(await ask('/notes', claims))).toBe('403 credential_not_allowed')
      expect(await codeOf(await ask('/notes', { ...claims, ...proved(1) }))).toBe(
        '403 credential_not_allowed',
      )
      expect((await ask('/any-age', claims)).status).toBe(200)
    })
    it('answers HEAD with the challenge, and shows it to pages of allowed origins', async () => {
      const headers = { ...bearer(proved(400)), origin: 'https://app.example' }
      for (const method of ['HEAD', 'GET']) {
        const answer = await fetch(`${bases[door]}/notes`, { method, headers })
        expect([method, answer.status]).toEqual([method, 401])
        expect(answer.headers.get('www-authenticate')).toBe(challenge)
        expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example')
        expect(answer.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate')
      }
    })
    it('counts and logs its refusals as those of other codes', async () => {
      const before = guard.state().refusals.step_up_required ?? 0
      await ask('/notes', {}, 'DELETE')
      expect(guard.state().refusals.step_up_required).toBe(before + 1)
      expect(refused.at(-1)).toMatchObject({
        code: 'step_up_required',
        reason: 'the token has no time of a proof of identity',
        method: 'DELETE',
        path: '/notes',
      })
      expect(lines.join('\n')).toContain('refused with 401 step_up_required: GET "/notes"')
    })
  },
)

describe('wsGuard with `within`', () => {
  /** Resolves with the status of a refusal and its challenge, or with 101. */
  const open = async (path: string, claims: Partial<AccessTokenClaims>) => {
    const client = new WebSocket(`${bases['nodeGuard']}${path}`, { headers: bearer(claims) })
    client.on('error', () => {})
    const refusing = once(client, 'unexpected-response').then(
      ([, { statusCode, headers }]) => [statusCode, headers['www-authenticate']] as unknown[],
    )
    const opening = once(client, 'open').then((): unknown[] => [101])
    const result = await Promise.race([refusing, opening])
    refusing.catch(() => {})
    opening.catch(() => {})
    client.terminate()
    return result
  }

  it('opens no socket for an old proof, and none without the scope whatever the proof', async () => {
    expect(await open('/', proved(200))).toEqual([101])
    expect(await open('/', proved(400))).toEqual([401, challenge])
    const scope = 'notes:admin'
    expect(await open('/admin', { ...proved(200), scope })).toEqual([101])
    expect(await open('/admin', { ...proved(400), scope })).toEqual([401, challenge])
    const [status, header] = await open('/admin', proved(400))
    expect([status, header]).toEqual([
      403,
      'Bearer error="insufficient_scope", scope="notes:admin"',
    ])
  })
})

describe('`within`', () => {
  const sockets = { handleUpgrade: () => {}, emit: () => true }
  const load = (): undefined => undefined
  const done = (): void => {}
  const doors: [string, (guard: SuiteGuard, options: RequireOptions) => unknown][] = [
    ['require', (one, options) => expressGuard(one).require('notes:read', options)],
    ['require', (one, options) => expressGuard(one).require('notes:write', load, options)],
    ['require', (one, options) => nodeGuard(one).require('notes:read', options, done)],
    ['require', (one, options) => nodeGuard(one).require('notes:write', load, options, done)],
    ['wsGuard', (one, options) => wsGuard(one, sockets, options)],
  ]
  it.each(doors)('of %s is checked at start (10a)', (place, make) => {
    const texts = '|0m|-5m|5|5 m|5M| 5m|5m |5minutes|1.5h|PT5M|NaN|31d|721h|99999999d'.split('|')
    const values = [0, -1, 300, NaN, Infinity, null, true, ['5m'], { within }, () => within]
    for (const one of [...values, ...texts]) {
      const start = (): unknown => make(guard, { within: one as string })
      expect(start).toThrow(TypeError)
      expect(start).toThrow(new RegExp(`^${place}: within must be [^.]*\\.$`))
    }
    const misspelt = (): unknown => make(guard, { witin: '5m' } as never)
    expect(misspelt).toThrow(TypeError)
    expect(misspelt).toThrow(`${place}: 'witin' is no option; did you mean 'within'?`)
    for (const one of ['1s', '90s', '5m', '1h', '30d']) make(guard, { within: one })
  })
  it('that is missing or in the wrong place makes no route without it', () => {
    const api = expressGuard(guard)
    const node = nodeGuard(guard)
    const slips: (() => unknown)[] = [
      () => api.require('notes:read', {} as never),
      () => api.require('notes:read', { within: undefined } as never),
      () => api.require('notes:read', '5m' as never),
      () => api.require('notes:read', [] as never),
      () => api.require('notes:read', null as never),
      () => api.require('notes:write', load, null as never),
      () => api.require('notes:write', load, '5m' as never),
      () => api.require('notes:write', { within } as never, load as never),
      () => node.require('notes:read', {} as never, done),
      () => node.require('notes:read', done as never, { within } as never),
      () => node.require('notes:write', load, done as never, { within } as never),
      () => node.require('notes:write', { within } as never, load as never, done),
    ]
    for (const slip of slips) {
      expect(slip, String(slip)).toThrow(TypeError)
      expect(slip).toThrow(/^require: /)
    }
  })
  it('has types: options come after the loader, and before the handler', () => {
    const api = expressGuard(guard)
    const node = nodeGuard(guard)
    // Only compiled
    const typed = (): void => {
      api.require('notes:read', { within })
      api.require('notes:write', load, { within })
      // @ts-expect-error a rule needs its resource
      api.require('notes:write', { within })
      // @ts-expect-error a scope without a rule has no loader
      api.require('notes:read', load, { within })
      // @ts-expect-error the option is misspelt
      api.require('notes:read', { witin: '5m' })
      // @ts-expect-error a number has no unit
      api.require('notes:read', { within: 300 })
      // @ts-expect-error the options have no other use
      api.require('notes:read', {})
      // @ts-expect-error the handler comes last
      node.require('notes:read', done, { within })
      // @ts-expect-error a rule needs its resource
      node.require('notes:write', { within }, done)
    }
    expect(typed).toBeTypeOf('function')
  })
  it('is a number of seconds for other adapters, and any other value is never fresh', async () => {
    const request = { method: 'GET', url: '/', header: () => undefined }
    const decided = await guard.settle({
      ...request,
      header: (name) => (name === 'authorization' ? bearer(proved(400)).authorization : undefined),
    })
    if (!decided.ok) throw new Error(decided.refused.code)
    const { auth } = decided
    const check = (seconds: number) =>
      refusalOf(guard, auth, { scope: 'notes:read', resource: [], within: seconds })?.code
    expect([check(300), check(500)]).toEqual(['step_up_required', undefined])
    expect([guard.isFresh(auth, 300), guard.isFresh(auth, 500)]).toEqual([false, true])
    // Fail closed: a text that was not read is no age
    expect(check(within as never)).toBe('step_up_required')
    expect((guard as Guard).isFresh(auth, NaN)).toBe(false)
  })
})
