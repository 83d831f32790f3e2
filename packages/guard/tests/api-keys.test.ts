import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import { defineAccess } from '@keyhaven/core/access'
import express from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { createGuard } from '@keyhaven/guard'
import type { Auth, Guard } from '@keyhaven/guard'
import { authOf, expressGuard } from '@keyhaven/guard/express'
import { authIfAny, nodeGuard } from '@keyhaven/guard/node'
import { wsGuard } from '@keyhaven/guard/ws'
import { feedKey, startFeedIssuer } from '@keyhaven/stage/feed/feed-issuer'
import type { FeedIssuer } from '@keyhaven/stage/feed/feed-issuer'
import { randomKey } from '@keyhaven/stage/feed/key-desk'
import { until } from '@keyhaven/stage/processes/process'
import { listening } from './test-issuer.ts'

const access = defineAccess({
  scopes: ['notes:read', 'notes:write'],
  roles: {},
  rules: { 'notes:write': (who, owner: string) => who.id === owner },
})

let issuer: FeedIssuer
let guard: Guard<typeof access>
const servers: Server[] = []
/** The adapters, by the address of an API behind each. */
const bases: Record<string, string> = {}
const lines: string[] = []
let latest: Auth<typeof access>

beforeAll(async () => {
  issuer = await startFeedIssuer()
  guard = createGuard({
    issuer: issuer.issuer,
    feedKey,
    access,
    trustProxy: ['127.0.0.1', '10.0.0.0/8'],
    log: (line) => lines.push(line),
  })
  const server = createServer(onNode())
  server.on('upgrade', wsGuard(guard, new WebSocketServer({ noServer: true })))
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

function onNode(): RequestListener {
  const api = nodeGuard(guard, { public: ['GET /hello'] })
  const fresh = api.require('notes:read', { within: '5m' }, (_request, response) => response.end())
  return api((request, response) => {
    if (request.url === '/fresh') return fresh(request, response)
    if (request.url === '/hello') return response.end(authIfAny(request)?.account.id ?? 'no one')
    latest = authOf(request)
    return response.end(latest.account.id)
  })
}

function onExpress(): RequestListener {
  const app = express()
  const api = expressGuard(guard, { public: ['GET /hello'] })
  app.use(api)
  app.get('/fresh', api.require('notes:read', { within: '5m' }), (_request, response) => {
    response.end()
  })
  app.get(
    '/hello',
    (request, response) => void response.end(authIfAny(request)?.account.id ?? 'no one'),
  )
  app.use((request, response) => {
    latest = authOf(request)
    response.end(latest.account.id)
  })
  return app
}

interface Sent {
  readonly to?: string
  readonly door?: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends a key as a bearer; resolves with the text of an answer, or with status and code of a refusal. */
async function ask(key: string, { to = '/', door = 'nodeGuard', method, headers }: Sent = {}) {
  const response = await fetch(bases[door] + to, {
    method: method ?? 'GET',
    headers: { authorization: `Bearer ${key}`, ...headers },
  })
  expect(response.headers.get('www-authenticate') ?? '').not.toMatch(/basic/i)
  if (response.ok) return await response.text()
  const { code } = (await response.json()) as { code: string }
  return `${response.status} ${code}`
}

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`
const timesAsked = (key: string): number => issuer.desk.asked.filter((one) => one === key).length

describe.each(['nodeGuard', 'expressGuard'])('an API key at %s (S02, H30)', (door) => {
  it('is asked about once by parallel requests, and then known, as Bearer and as Basic', async () => {
    const { key, id, secret } = issuer.desk.admit()
    const first = await Promise.all(Array.from({ length: 10 }, () => ask(key, { door })))
    expect(new Set(first)).toEqual(new Set(['acc_1']))
    const auth = latest
    expect(auth.session).toBeUndefined()
    expect(auth.scope).toEqual(['notes:read'])
    expect(auth.claims.client_id).toBe(id)
    expect([auth.can('notes:read'), auth.can('notes:write', 'acc_1')]).toEqual([true, false])
    for (const authorization of [`bearer ${key}`, `BEARER  ${key} `, basic(`${id}:${secret}`)]) {
      expect(await ask(key, { door, headers: { authorization } })).toBe('acc_1')
      expect(latest).toBe(auth)
    }
    // No page sends it: nothing is checked against forgery, and cookies beside it do not count
    const headers = { origin: 'https://evil.example', cookie: 'keyhaven=x; keyhaven-session=y' }
    expect(await ask(key, { door, method: 'POST', headers })).toBe('acc_1')
    expect(timesAsked(key)).toBe(1)
  })
  it('that is mistyped costs nothing, and one in a cookie or query does not count', async () => {
    const { key, id, secret } = issuer.desk.admit()
    const before = issuer.desk.asked.length
    const other = `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`
    for (const wrong of [
      other,
      key.slice(0, -1),
      `${key}0`,
      `${id} ${secret}`,
      key.toUpperCase(),
    ]) {
      expect(await ask(wrong, { door })).toMatch(/^401 token_invalid$/)
    }
    const authorization = basic(`${id}:${secret.slice(1)}`)
    expect(await ask(key, { door, headers: { authorization } })).toBe('401 token_invalid')
    const plain = await fetch(`${bases[door]}/?key=${key}&access_token=${key}`, {
      headers: { cookie: `keyhaven=${key}` },
    })
    expect(plain.status).toBe(401)
    // Basic of someone else, such as a proxy's, counts as absent
    for (const user of ['ann@example.org', 'proxy', 'KH_1']) {
      const answer = await ask(key, {
        door,
        headers: { authorization: basic(`${user}:${secret}`) },
      })
      expect(answer).toBe('401 not_signed_in')
    }
    expect(issuer.desk.asked).toHaveLength(before)
  })
  it('is never fresh: 403 on a route with `within`', async () => {
    const { key } = issuer.desk.admit({ auth_time: Math.floor(Date.now() / 1000) })
    expect(await ask(key, { door, to: '/fresh' })).toBe('403 credential_not_allowed')
  })
  it('is known on a public route as soon as it was asked about, which the route does not wait for', async () => {
    const { key } = issuer.desk.admit()
    expect(await ask(key, { door, to: '/hello' })).toBe('no one')
    await until(
      'the key is known',
      async () => (await ask(key, { door, to: '/hello' })) === 'acc_1',
    )
    expect(timesAsked(key)).toBe(1)
  })
})

describe('a known API key', () => {
  it('is dropped by entries of the feed of every kind that matches it, and its signal fires', async () => {
    const { key, id } = issuer.desk.admit()
    expect(await ask(key)).toBe('acc_1')
    const { signal } = latest
    // Fewer scopes: the token of the answer is revoked, and the next answer has the new ones
    issuer.desk.admit({ scope: '' }, { key, id, secret: '' })
    issuer.revoke({ kind: 'jti', id: latest.claims.jti })
    await until('its signal fires', () => signal.aborted)
    expect(await ask(key)).toBe('acc_1')
    expect(latest.scope).toEqual([])
    // The account is locked
    issuer.desk.refuse(key, 'account_locked')
    issuer.revoke({ kind: 'era', id: 'era-1' })
    await until('the lock reaches the guard', async () => (await ask(key)) === '401 account_locked')
    expect(timesAsked(key)).toBe(3)
  })
  it('that has ended is refused without a question, also while the service is down', async () => {
    const { key, id } = issuer.desk.admit({ era: 'era-2' })
    expect(await ask(key)).toBe('acc_1')
    const { signal } = latest
    issuer.revoke({ kind: 'client_id', id })
    await until('its signal fires', () => signal.aborted)
    expect(await ask(key)).toBe('401 session_ended')
    expect(timesAsked(key)).toBe(1)
  })
  it('is asked about again when the answer is over, and not used beyond it', async () => {
    const now = Math.floor(Date.now() / 1000)
    const made = issuer.desk.admit({ era: 'era-3', exp: now - 1, iat: now - 100 })
    // The leeway of a token's check does not count: the next question may have another answer
    expect(await ask(made.key)).toBe('503 unavailable')
    issuer.desk.admit({ era: 'era-3' }, made)
    expect(await ask(made.key)).toBe('acc_1')
    expect(timesAsked(made.key)).toBe(2)
  })
  it.each([
    ['token_expired', 'token_expired'],
    ['session_ended', 'session_ended'],
    ['account_locked', 'account_locked'],
    ['internal', 'token_invalid'],
    [undefined, 'token_invalid'],
  ])(
    'with the code %s of the service gets 401 %s, and is not asked about again',
    async (said, code) => {
      const { key } = randomKey()
      issuer.desk.refuse(key, said)
      for (let at = 0; at < 3; at++) expect(await ask(key)).toBe(`401 ${code}`)
      const headers = { authorization: `Bearer ${key}` }
      const refused = await (await fetch(bases['nodeGuard'] ?? '', { headers })).json()
      expect(refused).not.toMatchObject({ detail: expect.stringContaining('ign in') })
      expect(timesAsked(key)).toBe(1)
    },
  )
  it('with a wrong secret does not displace the right one', async () => {
    const { key, id } = issuer.desk.admit({ era: 'era-4' })
    expect(await ask(key)).toBe('acc_1')
    expect(await ask(`${id}_${randomKey().secret}`)).toBe('401 token_invalid')
    expect(await ask(key)).toBe('acc_1')
    expect(timesAsked(key)).toBe(1)
  })
  it('works from the listed addresses alone, behind a trusted proxy too (H30)', async () => {
    const { key } = issuer.desk.admit({
      era: 'era-5',
      addresses: ['203.0.113.0/24', '2001:db8::/32'],
    })
    const from = (address: string) => ask(key, { headers: { 'x-forwarded-for': address } })
    expect(await ask(key)).toBe('403 credential_not_allowed')
    expect(await from('203.0.113.9')).toBe('acc_1')
    expect(await from('2001:db8::7, 10.1.1.1')).toBe('acc_1')
    // What a client sent itself stands left of its own address
    expect(await from('203.0.113.9, 198.51.100.7')).toBe('403 credential_not_allowed')
    expect(await from('nonsense')).toBe('403 credential_not_allowed')
    expect(lines.join('\n')).toContain('the API key does not work from')
    expect(timesAsked(key)).toBe(1)
    const none = issuer.desk.admit({ era: 'era-5', addresses: ['nonsense'] })
    expect(await ask(none.key)).toBe('403 credential_not_allowed')
  })
  it('opens a web socket, which closes when the key ends', async () => {
    const { key, id } = issuer.desk.admit({ era: 'era-6' })
    const socket = new WebSocket(bases['nodeGuard'] ?? '', {
      headers: { authorization: `Bearer ${key}` },
    })
    await once(socket, 'open')
    issuer.revoke({ kind: 'client_id', id })
    expect((await once(socket, 'close'))[0]).toBe(4401)
  })
})

describe('the question about a key', () => {
  const lies: readonly (readonly [string, RequestListener])[] = [
    ['an error', (_q, r) => void r.writeHead(500).end()],
    ['a refused guard key', (_q, r) => void r.writeHead(401).end()],
    ['a redirect', (_q, r) => void r.writeHead(307, { location: '/auth/oauth/introspect2' }).end()],
    ['HTML', (_q, r) => void r.setHeader('content-type', 'text/html').end('{"active":true}')],
    ['a list', (_q, r) => void r.setHeader('content-type', 'application/json').end('[]')],
    ['no `active`', (_q, r) => void r.setHeader('content-type', 'application/json').end('{}')],
    [
      'another key',
      (_q, r) => {
        const answer = { active: true, client_id: `kh_${'0'.repeat(16)}`, sub: 'x' }
        r.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
      },
    ],
    [
      'too much',
      (_q, r) => {
        const pad = 'x'.repeat(300_000)
        r.setHeader('content-type', 'application/json').end(JSON.stringify({ active: false, pad }))
      },
    ],
    ['a broken connection', (q) => void q.socket.destroy()],
  ]
  it.each(lies)(
    'that is answered by %s makes no key good or bad: 503, and known keys go on',
    async (_name, lie) => {
      const known = issuer.desk.admit({ era: 'era-7' })
      const fresh = issuer.desk.admit({ era: 'era-7' })
      expect(await ask(known.key)).toBe('acc_1')
      issuer.desk.lieWith(lie)
      try {
        const response = await fetch(`${bases['nodeGuard']}/`, {
          headers: { authorization: `Bearer ${fresh.key}` },
        })
        expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
        expect(await ask(known.key)).toBe('acc_1')
      } finally {
        issuer.desk.lieWith(undefined)
      }
      expect(await ask(fresh.key)).toBe('acc_1')
      expect(lines.join('\n')).not.toContain(fresh.secret)
    },
  )
  it('is refused if the answer is for another API or issuer', async () => {
    for (const change of [
      { aud: ['https://other.example'] },
      { iss: 'https://other.example' },
      { cnf: {} },
    ]) {
      const { key } = issuer.desk.admit({ era: 'era-8', ...change })
      expect(await ask(key)).toBe('401 token_invalid')
    }
  })
})

const settle = async (key: string, peer?: string): Promise<string> => {
  const header = (name: string) => (name === 'authorization' ? `Bearer ${key}` : undefined)
  const settled = await guard.settle({ method: 'GET', url: '/', header, peer: () => peer })
  return settled.ok ? settled.auth.account.id : settled.refused.code
}

describe('a flood of random keys', () => {
  it('from one network leaves questions about the new keys of others', async () => {
    const flood = Array.from({ length: 200 }, () => settle(randomKey().key, '198.51.100.7'))
    const made = issuer.desk.admit({ era: 'era-9' })
    expect(await settle(made.key, '203.0.113.9')).toBe('acc_1')
    expect(new Set(await Promise.all(flood))).toContain('overloaded')
  })
  it('asks 20 times a second at most for one network, and known keys are unharmed', async () => {
    const known = issuer.desk.admit({ era: 'era-9' })
    expect(await ask(known.key)).toBe('acc_1')
    issuer.desk.lieWith((_request, response) => {
      response
        .setHeader('content-type', 'application/json')
        .end('{"active":false,"code":"token_invalid"}')
    })
    const { held, asked } = guard.state().apiKeys
    const codes = new Set<string>()
    const began = performance.now()
    try {
      for (let round = 0; round < 30; round++) {
        const sent = Array.from({ length: 100 }, () => settle(randomKey().key))
        for (const code of await Promise.all(sent)) codes.add(code)
        codes.add(await settle(known.key))
      }
      // A key that its owner makes now is the next one that is asked about, and those who wait are told how long
      expect(codes).toEqual(new Set(['token_invalid', 'overloaded', 'acc_1']))
      // However long it took; budget.test.ts has seconds that begin at any time
      const seconds = Math.floor((performance.now() - began) / 1000) + 1
      expect(guard.state().apiKeys.asked - asked).toBeLessThanOrEqual(20 * seconds)
      expect(guard.state().apiKeys.held).toBe(held)
    } finally {
      issuer.desk.lieWith(undefined)
    }
    const made = issuer.desk.admit({ era: 'era-9' })
    await until('a new key works', async () => (await ask(made.key)) === 'acc_1')
  })
  it('is not fed by good keys: many are asked about in one second', async () => {
    const made = Array.from({ length: 60 }, () => issuer.desk.admit({ era: 'era-10' }))
    const left = new Set(made.map(({ key }) => key))
    await until('all keys work', async () => {
      for (const key of left) if ((await ask(key)) === 'acc_1') left.delete(key)
      return left.size === 0
    })
    const { accepted, asked, failed, refused, held } = guard.state().apiKeys
    expect(held).toBeGreaterThanOrEqual(60)
    for (const count of [accepted, asked, failed, refused]) expect(count).toBeGreaterThan(0)
  })
})

describe('a guard without a feed key', () => {
  it('refuses every key, and says what it needs', async () => {
    const own: string[] = []
    const alone = createGuard({ issuer: issuer.issuer, log: (line) => own.push(line) })
    await alone.ready()
    const header = (name: string) =>
      name === 'authorization' ? `Bearer ${randomKey().key}` : undefined
    const request = { method: 'GET', url: '/', header } as const
    const decision = alone.decide(request)
    const refused = decision.ok ? undefined : decision.refused
    expect(refused).toMatchObject({
      code: 'token_invalid',
      body: { detail: 'This API does not accept API keys. Send another credential.' },
    })
    expect(refused?.body.hint).toContain('keyhaven guards add')
    if (refused) alone.noteRefused(request, refused)
    expect(own.join('\n')).toContain('no feedKey')
    alone.close()
  })
  it('takes only addresses and networks as `trustProxy`', () => {
    for (const trustProxy of ['10.0.0.0/8', ['nonsense'], [''], [10], ['10.0.0.0/33'], true]) {
      const start = () => createGuard({ issuer: issuer.issuer, trustProxy } as never)
      expect(start).toThrow('createGuard: trustProxy must be a list of addresses and networks')
    }
  })
})
