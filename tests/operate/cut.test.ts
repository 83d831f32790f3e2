import { createGuard } from '@keyhaven/guard'
import type { Guard } from '@keyhaven/guard'
import { describe, expect, test } from 'vitest'
import { feedKey, startFeedIssuer } from '@keyhaven/stage/feed/feed-issuer'
import type { FeedIssuer } from '@keyhaven/stage/feed/feed-issuer'
import { until } from '@keyhaven/stage/processes/process'
import { startTcpProxy } from '@keyhaven/stage/proxies/tcp-proxy'
import type { Trouble } from '@keyhaven/stage/proxies/tcp-proxy'

/** Seconds; the least that a guard takes, so that the tests are quick. */
const maxStaleness = 3

/** What each test has for itself: a guard, its issuer, and the way between them. */
interface World {
  readonly issuer: FeedIssuer
  readonly proxy: Awaited<ReturnType<typeof startTcpProxy>>
  readonly guard: Guard
  /** What the guard has logged. */
  readonly lines: readonly string[]
  /** What the guard says of a token: 'ok', or the code of its refusal. */
  readonly answerTo: (token: string) => string
}

const it = test.extend<{ world: World }>({
  world: async ({ onTestFinished }, use) => {
    const issuer = await startFeedIssuer()
    const proxy = await startTcpProxy(issuer.port)
    const lines: string[] = []
    const guard = createGuard({
      issuer: issuer.issuer,
      reach: `http://127.0.0.1:${proxy.port}/auth`,
      feedKey,
      maxStaleness,
      log: (line) => lines.push(line),
    })
    await guard.ready()
    onTestFinished(() => {
      guard.close()
      proxy.close()
      issuer.close()
    })
    await use({ issuer, proxy, guard, lines, answerTo: (token) => answerOf(guard, token) })
  },
})

function answerOf(guard: Guard, token: string): string {
  const decision = guard.decide({
    method: 'GET',
    url: '/',
    header: (name) => (name === 'authorization' ? `Bearer ${token}` : undefined),
  })
  return decision.ok ? 'ok' : (decision.refused?.code ?? `needs ${decision.needs}`)
}

// Each waits for seconds until its guard is stale: all wait together
describe.concurrent('a guard whose way to the service is cut (CONTRACT 6)', () => {
  it.for(['hang', 'half open', 'one way', 'reset'] satisfies Trouble[])(
    'answers 503 past maxStaleness when connections %s, and misses nothing when they heal',
    async (trouble, { world: { issuer, proxy, guard, lines, answerTo } }) => {
      const mine = issuer.token({ sid: 'ses_mine' })
      const other = issuer.token({ sid: 'ses_other' })
      expect([answerTo(mine), answerTo(other)]).toEqual(['ok', 'ok'])
      proxy.be(trouble)
      const cutAt = performance.now()
      issuer.revoke({ kind: 'sid', id: 'ses_other' })
      // As long as it may: no sooner, for an outage must not stop an API at once
      await until('a stale guard', () => answerTo(mine) === 'revocations_stale')
      const after = performance.now() - cutAt
      expect(after).toBeGreaterThan(maxStaleness * 1000 - 1500)
      expect(guard.state()).toMatchObject({ fresh: false, seq: 0 })
      // Only a credential that passed so far is told
      expect(answerTo('nonsense')).toBe('token_invalid')
      const missed = issuer.revoke({ kind: 'jti', id: 'jti-1' })
      proxy.be('none')
      await until('a healed guard', () => answerTo(mine) !== 'revocations_stale')
      expect([answerTo(mine), answerTo(other)]).toEqual(['session_ended', 'session_ended'])
      expect(guard.state()).toMatchObject({ fresh: true, seq: missed.seq, problem: undefined })
      expect(lines.join('\n')).toContain('can’t receive revocations')
      expect(lines.length).toBeLessThan(20)
    },
  )

  it('goes by the age of the entries it receives, not by receiving some', async ({
    world: { issuer, proxy, answerTo },
  }) => {
    const mine = issuer.token()
    proxy.slow(maxStaleness * 1000 + 1500)
    // Heartbeats go on arriving each quarter of a second, each too old
    await until('a stale guard', () => answerTo(mine) === 'revocations_stale')
    proxy.slow(0)
    await until('a healed guard', () => answerTo(mine) === 'ok')
  })

  it('answers from its copy past it with onStale "allow", and says so at every start', async ({
    world: { issuer, proxy },
  }) => {
    const said: string[] = []
    const lenient = createGuard({
      issuer: issuer.issuer,
      reach: `http://127.0.0.1:${proxy.port}/auth`,
      feedKey,
      maxStaleness,
      onStale: 'allow',
      log: (line) => said.push(line),
    })
    await lenient.ready()
    await until('the warning', () => said.some((line) => line.includes('onStale: "allow"')))
    const token = issuer.token()
    proxy.be('half open')
    await until('a stale guard', () => !lenient.state().fresh)
    expect(answerOf(lenient, token)).toBe('ok')
    lenient.close()
  })

  it('is not ready before it has the first snapshot, even with onStale "allow"', async ({
    world: { issuer, proxy },
  }) => {
    proxy.be('half open')
    const late = createGuard({
      issuer: issuer.issuer,
      reach: issuer.issuer,
      feedKey: `khg_${'x'.repeat(43)}`,
      onStale: 'allow',
      log: () => {},
    })
    await until('keys', () => late.state().keys.length > 0)
    expect(answerOf(late, issuer.token())).toBe('revocations_stale')
    expect(late.state()).toMatchObject({ fresh: false, age: undefined })
    late.close()
  })
})
