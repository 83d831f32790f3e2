import { describe, expect, it } from 'vitest'
import { createFreshness } from './freshness.ts'
import { createOwnTime } from './own-time.ts'
import { createBackoff } from './backoff.ts'
import { createNotices } from './notices.ts'
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
    freshness.asked()
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
    freshness.asked()
    freshness.received(clock.service)
    freshness.applied(clock.service)
    pass(10_000)
    freshness.asked()
    freshness.received(clock.service)
    expect(freshness.age()).toBe(10_000)
    freshness.applied(clock.service)
    expect(freshness.age()).toBe(0)
  })

  it('does not save up what the service’s clock gains', () => {
    const { clock, pass, freshness } = start()
    freshness.asked()
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

  it('asks for a new connection where the service’s clock was set forward', () => {
    const { clock, pass, freshness } = start()
    freshness.asked()
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
        freshness.asked()
        freshness.received(clock.service)
      }
      beat()
      const right = freshness.now()
      clock.service += jump
      for (const elapsed of [1000, 2000]) {
        beat()
        expect(freshness.now() - right).toBe(elapsed)
      }
      // The third: it is a clock that goes on
      beat()
      expect(freshness.now()).toBe(clock.service)
      clock.service -= jump
      for (let at = 0; at < 3; at++) beat()
      expect(freshness.now()).toBe(clock.service)
    },
  )

  it('is not moved by single wrong times, nor by heartbeats that waited and come at once (source 2)', () => {
    const { clock, pass, freshness } = start()
    freshness.received(clock.service)
    for (const wrong of [1e9, -1e9, 5000, 1e9, 1e9]) {
      pass(1000)
      freshness.asked()
      freshness.received(clock.service + wrong)
      expect(freshness.now()).toBe(clock.service)
      freshness.asked()
      freshness.received(clock.service)
    }
    pass(30_000)
    for (let waited = 30; waited > 1; waited--) freshness.received(clock.service - waited * 1000)
    expect(freshness.now()).toBe(clock.service)
  })

  it('takes no time from a heartbeat that its connection can’t go on from (source 2)', () => {
    const { clock, pass, freshness } = start()
    freshness.received(clock.service)
    for (let at = 0; at < 5; at++) {
      pass(1000)
      expect(() => freshness.received(clock.service + 3_600_000)).toThrow('set forward')
    }
    expect(freshness.now()).toBe(clock.service)
  })

  it('tells the service’s time, which never goes back, whatever this machine’s clock is set to', () => {
    const { clock, pass, freshness } = start()
    expect(freshness.now()).toBe(1_000_000)
    freshness.asked()
    freshness.received(clock.service)
    clock.wall -= 500_000
    pass(1000)
    expect(freshness.now()).toBe(2_001_000)
    expect(freshness.offset()).toBe(2_001_000 - 501_000)
    // A heartbeat that came late is no earlier hour
    freshness.received(clock.service - 900)
    expect(freshness.now()).toBe(2_001_000)
    pass(1400)
    expect(freshness.now()).toBe(2_001_500)
  })
})

describe('createOwnTime', () => {
  it('goes on while the machine sleeps, and however its clock is set', () => {
    const { clock, pass, runtime } = start()
    const own = createOwnTime(runtime)
    const begun = own()
    pass(1000)
    expect(own() - begun).toBe(1000)
    // Asleep for a minute, then set back
    clock.wall += 60_000
    expect(own() - begun).toBe(61_000)
    clock.wall -= 60_000
    expect(own() - begun).toBe(61_000)
    pass(1000)
    expect(own() - begun).toBe(62_000)
  })

  it('is not carried away by clocks that tick in steps', () => {
    const { clock, runtime } = start()
    const own = createOwnTime(runtime)
    const begun = own()
    for (let call = 0; call < 10_000; call++) {
      clock.monotonic += 0.1
      clock.wall = 1_000_000 + Math.floor(clock.monotonic - 5000)
      own()
    }
    expect(own() - begun).toBeCloseTo(1000, 0)
  })
})

describe('createBackoff', () => {
  it('waits ever longer, never at once, never past its bound, and begins anew after a good time', () => {
    const most = createBackoff(
      () => 1,
      () => 60_000,
    )
    const waits = Array.from({ length: 10 }, () => most(0))
    expect(waits.slice(0, 5)).toEqual([520, 1020, 2020, 4020, 8020])
    expect(waits.at(-1)).toBe(10_020)
    expect(most(9999)).toBe(10_020)
    expect(most(10_000)).toBe(520)
    const least = createBackoff(
      () => 0,
      () => 60_000,
    )
    expect(least(0)).toBeGreaterThan(0)
    const strict = createBackoff(
      () => 1,
      () => 5000,
    )
    expect(Math.max(...Array.from({ length: 10 }, () => strict(0)))).toBeLessThan(2000)
  })
})

describe('createNotices', () => {
  it('says a sentence once a minute, and a dozen lines at most', () => {
    let now = 0
    const lines: string[] = []
    const say = createNotices(
      (line) => lines.push(line),
      () => now,
    )
    for (let at = 0; at < 100; at++) say('the same')
    expect(lines).toEqual(['the same'])
    for (let at = 0; at < 1000; at++) say(`another ${at}`)
    expect(lines).toHaveLength(12)
    expect(lines.at(-1)).toContain('held back')
    now = 60_000
    say('the same')
    expect(lines).toHaveLength(13)
  })
})
