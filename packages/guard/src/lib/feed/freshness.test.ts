import { describe, expect, it } from 'vitest'
import { createFreshness } from './freshness.ts'
import type { FeedRuntime } from './runtime.ts'

function start() {
  const clock = { monotonic: 5000, wall: 1_000_000, service: 2_000_000 }
  const runtime = { monotonic: () => clock.monotonic, wall: () => clock.wall } as FeedRuntime
  const pass = (milliseconds: number): void => {
    clock.monotonic += milliseconds
    clock.wall += milliseconds
    clock.service += milliseconds
  }
  return { clock, pass, runtime, freshness: createFreshness(runtime) }
}

describe('createFreshness', () => {
  it('counts the wait for the first time, own time since, less what the heartbeats gained', () => {
    const { clock, pass, freshness } = start()
    expect(freshness.age()).toBeUndefined()
    freshness.requested()
    pass(300)
    freshness.received(clock.service)
    freshness.applied(clock.service)
    expect(freshness.age()).toBe(300)
    pass(1000)
    expect(freshness.age()).toBe(1300)
    // This one was on its way for 200 ms
    freshness.received(clock.service - 200)
    freshness.applied(clock.service - 200)
    expect(freshness.age()).toBe(500)
  })

  it('counts nothing of a new connection before everything is applied', () => {
    const { clock, pass, freshness } = start()
    freshness.requested()
    freshness.received(clock.service)
    freshness.applied(clock.service)
    pass(10_000)
    freshness.requested()
    freshness.received(clock.service)
    expect(freshness.age()).toBe(10_000)
    freshness.applied(clock.service)
    expect(freshness.age()).toBe(0)
  })

  it('does not save up what the service’s clock gains', () => {
    const { clock, pass, freshness } = start()
    freshness.requested()
    freshness.received(clock.service)
    freshness.applied(clock.service)
    for (let second = 0; second < 1000; second++) {
      pass(1000)
      clock.service += 5
      freshness.received(clock.service)
      freshness.applied(clock.service)
    }
    pass(3000)
    expect(freshness.age()).toBe(3000)
  })

  it('requests a new connection if the service’s clock was set forward', () => {
    const { clock, pass, freshness } = start()
    freshness.requested()
    freshness.received(clock.service)
    freshness.applied(clock.service)
    pass(1000)
    clock.service += 3_600_000
    expect(() => freshness.applied(clock.service)).toThrow('set forward')
    expect(freshness.age()).toBe(1000)
  })

  it.each([-3_600_000, 3_600_000, 9 * 3_600_000])(
    'follows a jump of %i ms only when two further heartbeats agree, and back again (source 2, H38)',
    (jump) => {
      const { clock, pass, freshness } = start()
      const beat = (): void => {
        pass(1000)
        freshness.requested()
        freshness.received(clock.service)
      }
      beat()
      const right = freshness.now()
      clock.service += jump
      for (const elapsed of [1000, 2000]) {
        beat()
        expect(freshness.now() - right).toBe(elapsed)
      }
      // The third agrees, so the jump is trusted
      beat()
      expect(freshness.now()).toBe(clock.service)
      clock.service -= jump
      for (let at = 0; at < 3; at++) beat()
      expect(freshness.now()).toBe(clock.service)
    },
  )

  it('is not moved by single wrong times, nor by delayed heartbeats that arrive together (source 2)', () => {
    const { clock, pass, freshness } = start()
    freshness.received(clock.service)
    for (const wrong of [1e9, -1e9, 5000, 1e9, 1e9]) {
      pass(1000)
      freshness.requested()
      freshness.received(clock.service + wrong)
      expect(freshness.now()).toBe(clock.service)
      freshness.requested()
      freshness.received(clock.service)
    }
    pass(30_000)
    for (let waited = 30; waited > 1; waited--) freshness.received(clock.service - waited * 1000)
    expect(freshness.now()).toBe(clock.service)
  })

  it('reads no time from a heartbeat that contradicts its connection (source 2)', () => {
    const { clock, pass, freshness } = start()
    freshness.received(clock.service)
    for (let at = 0; at < 5; at++) {
      pass(1000)
      expect(() => freshness.received(clock.service + 3_600_000)).toThrow('set forward')
    }
    expect(freshness.now()).toBe(clock.service)
  })

  it('knows the service’s time, which never goes back, even if this machine’s clock is set', () => {
    const { clock, pass, freshness } = start()
    expect(freshness.now()).toBe(1_000_000)
    freshness.requested()
    freshness.received(clock.service)
    clock.wall -= 500_000
    pass(1000)
    expect(freshness.now()).toBe(2_001_000)
    expect(freshness.offset()).toBe(2_001_000 - 501_000)
    // A delayed heartbeat does not set the time back
    freshness.received(clock.service - 900)
    expect(freshness.now()).toBe(2_001_000)
    pass(1400)
    expect(freshness.now()).toBe(2_001_500)
  })
})
