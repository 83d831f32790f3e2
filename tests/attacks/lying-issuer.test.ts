import type { RequestListener, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { generateSigningKey } from '@keyhaven/core'
import { createGuard } from '@keyhaven/guard'
import type { Guard, GuardOptions } from '@keyhaven/guard'
import { describe, expect, test } from 'vitest'
import { feedKey, startFeedIssuer } from '@keyhaven/stage/feed/feed-issuer'
import type { FeedIssuer } from '@keyhaven/stage/feed/feed-issuer'
import { until } from '@keyhaven/stage/processes/process'

/** What each test has for itself: an issuer, and guards that trust it. */
interface World {
  readonly issuer: FeedIssuer
  /** What its guards have logged. */
  readonly lines: readonly string[]
  readonly start: (options?: Partial<GuardOptions>) => Guard
}

const it = test.extend<{ world: World }>({
  world: async ({ onTestFinished }, use) => {
    const issuer = await startFeedIssuer()
    const guards: Guard[] = []
    const lines: string[] = []
    const log = (line: string): void => void lines.push(line)
    const start: World['start'] = (options = {}) => {
      const own = { issuer: issuer.issuer, feedKey, maxStaleness: 3, log, ...options }
      const guard = createGuard(own)
      guards.push(guard)
      return guard
    }
    onTestFinished(() => {
      for (const guard of guards) guard.close()
      issuer.close()
    })
    await use({ issuer, lines, start })
  },
})

/** What a guard says of a token: 'ok', or the code of its refusal. */
function answerTo(token: string, guard: Guard): string {
  const header = (name: string): string | undefined =>
    name === 'authorization' ? `Bearer ${token}` : undefined
  const decision = guard.decide({ method: 'GET', url: '/', header })
  return decision.ok ? 'ok' : (decision.refused?.code ?? `needs ${decision.needs}`)
}

function stream(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { 'content-type': 'text/event-stream' })
}

function event(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`
}

const entry = { seq: 1, kind: 'sid', id: 's', code: 'session_ended', until: 4e12 }
const page = { log: 'l', seq: 1, time: Date.now(), entries: [entry], more: false }

const lies: readonly (readonly [string, RequestListener, string])[] = [
  ['HTML', (_q, r) => void r.setHeader('content-type', 'text/html').end('<p>portal'), 'text/html'],
  ['a redirect', (_q, r) => void r.writeHead(302, { location: '/' }).end(), 'answered 302'],
  ['500', (_q, r) => void r.writeHead(500).end('<html>'), 'answered 500'],
  ['404', (_q, r) => void r.writeHead(404).end(), 'has no /revocations'],
  ['a stream that ends', (_q, r) => void stream(r).end(), 'closed the connection'],
  ['no JSON', (_q, r) => void stream(r).write(event('snapshot', '{nonsense')), 'can’t be read'],
  ['bytes that are no text', (_q, r) => void stream(r).write(Buffer.of(0xff, 0xfe)), 'not valid'],
  [
    'a page that is none',
    (_q, r) => void stream(r).write(event('snapshot', { ...page, entries: 'all' })),
    'can’t be read',
  ],
  [
    'a malformed entry',
    (_q, r) =>
      void stream(r).write(event('snapshot', { ...page, entries: [{ ...entry, kind: 'all' }] })),
    'a malformed entry',
  ],
  [
    'too many entries in a page',
    (_q, r) =>
      void stream(r).write(event('snapshot', { ...page, entries: Array(1001).fill(entry) })),
    'can’t be read',
  ],
  [
    'pages of two snapshots',
    (_q, r) =>
      void stream(r).write(
        event('snapshot', { ...page, more: true }) + event('snapshot', { ...page, seq: 2 }),
      ),
    'two snapshots',
  ],
  [
    'an entry before any snapshot',
    (_q, r) => void stream(r).write(event('revoke', entry)),
    'before the snapshot',
  ],
  [
    'heartbeats alone',
    (_q, r) => {
      stream(r)
      const beat = { log: 'l', seq: 1, time: Date.now() }
      const beats = setInterval(() => r.write(event('heartbeat', beat)), 100)
      r.on('close', () => clearInterval(beats))
    },
    'sent nothing',
  ],
]

// Most wait for seconds until a guard is stale: all wait together
describe.concurrent('a guard whose issuer lies (CONTRACT 6)', () => {
  it.for(lies)(
    'is not fooled by %s: a line, 503, and no storm of retries',
    async ([_what, lie, sentence], { world: { issuer, lines, start } }) => {
      const guard = start()
      await guard.ready()
      const token = issuer.token()
      expect(answerTo(token, guard)).toBe('ok')
      const cold = start()
      issuer.lieWith(lie)
      issuer.cut()
      const before = issuer.requests.length
      await until('a stale guard', () => answerTo(token, guard) === 'revocations_stale')
      await until('a line', () => lines.some((line) => line.includes(sentence)))
      expect(guard.state().problem).toBeDefined()
      expect(guard.state().failures).toBeGreaterThan(0)
      expect(answerTo(token, cold)).not.toBe('ok')
      // Two guards in three seconds; the waits between tries grow to a second here
      expect(issuer.requests.length - before).toBeLessThan(40)
      expect(lines.length).toBeLessThan(30)
      expect(lines.join('\n')).not.toContain(feedKey)
      issuer.lieWith(undefined)
      await until('a healed guard', () => answerTo(token, guard) === 'ok')
      await until('the other', () => answerTo(token, cold) === 'ok')
    },
  )

  it.for([
    ['a wrong', `khg_${'w'.repeat(43)}`],
    ['a foreign', `khg_${'f'.repeat(43)}`],
  ] as const)(
    'says what to do about %s guard key, and answers 503',
    async ([_which, key], { world: { issuer, lines, start } }) => {
      const guard = start({ feedKey: key })
      await until('a line', () => lines.some((line) => line.includes('keyhaven guards add')))
      await until('keys', () => guard.state().keys.length > 0)
      expect(answerTo(issuer.token(), guard)).toBe('revocations_stale')
      expect(lines.join('\n')).not.toContain(key)
    },
  )

  it('keeps what either log revoked when it meets another one', async ({
    world: { issuer, lines, start },
  }) => {
    const guard = start()
    await guard.ready()
    const [mine, other] = [issuer.token({ sid: 'ses_1' }), issuer.token({ sid: 'ses_2' })]
    issuer.revoke({ kind: 'sid', id: 'ses_1' })
    await until('an applied entry', () => guard.state().seq === 1)
    issuer.become({ log: 'second-log', seq: 0 })
    issuer.revoke({ kind: 'sid', id: 'ses_2' }, { sent: false })
    await until('the other log', () => guard.state().log === 'second-log')
    expect([answerTo(mine, guard), answerTo(other, guard)]).toEqual([
      'session_ended',
      'session_ended',
    ])
    expect(lines.join('\n')).toContain('as after a restored backup')
  })

  it('keeps what it knew when the log goes back', async ({ world: { issuer, start } }) => {
    const guard = start()
    await guard.ready()
    const mine = issuer.token({ sid: 'ses_1' })
    issuer.revoke({ kind: 'sid', id: 'ses_0' })
    issuer.revoke({ kind: 'sid', id: 'ses_1' })
    await until('applied entries', () => guard.state().seq === 2)
    issuer.become({ seq: 1 })
    await until('the lower number', () => guard.state().seq === 1)
    expect(answerTo(mine, guard)).toBe('session_ended')
    expect(issuer.requests.at(-1)?.headers['last-event-id']).toBeUndefined()
  })

  it('notices a gap by the next entry, and takes a snapshot', async ({
    world: { issuer, lines, start },
  }) => {
    const guard = start()
    await guard.ready()
    const mine = issuer.token({ sid: 'ses_1' })
    issuer.beat(false)
    issuer.revoke({ kind: 'sid', id: 'ses_1' }, { sent: false })
    issuer.revoke({ kind: 'sid', id: 'ses_2' })
    await until('both', () => guard.state().seq === 2)
    expect(answerTo(mine, guard)).toBe('session_ended')
    expect(lines.join('\n')).toContain('left out the entry 1')
  })

  it('notices a gap by a heartbeat alone, which counts for nothing until it is filled', async ({
    world: { issuer, lines, start },
  }) => {
    const guard = start()
    await guard.ready()
    const mine = issuer.token({ sid: 'ses_1' })
    issuer.revoke({ kind: 'sid', id: 'ses_1' }, { sent: false })
    await until('the entry', () => answerTo(mine, guard) === 'session_ended')
    expect(lines.join('\n')).toContain('left out the entry 1')
  })

  it('accepts duplicates, in any order, and resumes after its last entry', async ({
    world: { issuer, start },
  }) => {
    const guard = start()
    await guard.ready()
    const first = issuer.revoke({ kind: 'sid', id: 'ses_1' })
    issuer.revoke({ kind: 'sid', id: 'ses_2' })
    const { log } = issuer.position()
    issuer.send('revoke', first, `${log}:1`)
    issuer.send('revoke', { ...first, code: 'token_expired' }, `${log}:1`)
    await until('both', () => guard.state().seq === 2)
    expect(guard.state().entries).toBe(2)
    issuer.cut()
    await until('the next connection', () => issuer.requests.length === 2)
    expect(issuer.requests[1]?.headers['last-event-id']).toBe(`${log}:2`)
    await until('what was applied', () => issuer.applied.at(-1)?.seq === 2)
    expect(issuer.applied.at(-1)).toEqual({ log, seq: 2 })
    expect(answerTo(issuer.token({ sid: 'ses_1' }), guard)).toBe('session_ended')
  })

  it('reports what it has applied twice a second at most, however much that is, and the last of it', async ({
    world: { issuer, start },
  }) => {
    const guard = start()
    await guard.ready()
    await until('the first', () => issuer.applied.length === 1)
    const began = performance.now()
    for (let at = 0; at < 60; at++) {
      issuer.revoke({ kind: 'jti', id: `some-${at}` })
      await sleep(20)
    }
    await until('all', () => issuer.applied.at(-1)?.seq === 60)
    const seconds = (performance.now() - began) / 1000
    expect(issuer.applied.length).toBeLessThanOrEqual(2 + 2 * seconds)
  })

  it('replaces its whole key set, and refuses a withdrawn key before it is looked up', async ({
    world: { issuer, start },
  }) => {
    const guard = start()
    await guard.ready()
    const mine = issuer.token()
    const kid = guard.state().keys[0] ?? ''
    const next = generateSigningKey('ES256')
    issuer.publish([issuer.key, next])
    await until('both keys', () => guard.state().keys.length === 2)
    expect(answerTo(mine, guard)).toBe('ok')
    issuer.revoke({ kind: 'kid', id: kid })
    await until('the entry', () => guard.state().entries === 1)
    // Its key is still in the set
    expect(answerTo(mine, guard)).toBe('session_ended')
    issuer.publish([next])
    await until('one key', () => guard.state().keys.length === 1)
    expect(answerTo(mine, guard)).toBe('session_ended')
  })

  it('does not wait for ever if an answer never begins', async ({
    world: { issuer, lines, start },
  }) => {
    issuer.lieWith(() => {})
    start()
    await until('a line', () => lines.some((line) => line.includes('sent nothing')))
  })
})

describe('a guard whose issuer sends a gigabyte', () => {
  it('hangs up on a snapshot that is one event, and holds none of it', async ({
    world: { issuer, lines, start },
  }) => {
    const piece = Buffer.alloc(65_536, 'x')
    let sent = 0
    issuer.lieWith((_request, response) => {
      stream(response).write('event: snapshot\ndata: ')
      const more = (): void => {
        while (!response.destroyed && sent < 1e9 && response.write(piece)) sent += piece.length
        sent += piece.length
      }
      response.on('drain', more)
      more()
    })
    const before = process.memoryUsage.rss()
    const guard = start()
    await until('a line', () => lines.some((line) => line.includes('an event of more than')))
    guard.close()
    expect(sent).toBeLessThan(100e6)
    expect(process.memoryUsage.rss() - before).toBeLessThan(200e6)
  })
})
