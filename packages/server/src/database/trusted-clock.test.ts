import { describe, expect, it } from 'vitest'
import { createTrustedClock } from './trusted-clock.ts'
import type { Reading, TrustedClock } from './trusted-clock.ts'

const NOON = 1_800_000_000_000
const [SECOND, MINUTE, HOUR] = [1000, 60_000, 3_600_000]

/** A clock whose monotonic time passes only here; `off` is how wrong the machine's clock is. */
function staged(kept?: number): {
  readonly clock: TrustedClock
  /** Lets time pass, with a reading each second; the answer is the last, as its distance from the true time. */
  readonly pass: (span: number, off?: number) => Reading
} {
  let passed = 0
  const clock = createTrustedClock(kept, () => passed)
  const read = (off: number): Reading => {
    const { now, trusted } = clock.take(NOON + passed + off)
    return { now: now - NOON - passed, trusted }
  }
  return {
    clock,
    pass: (span, off = 0) => {
      let last = read(off)
      for (const end = passed + span; passed < end; ) {
        passed += SECOND
        last = read(off)
      }
      return last
    },
  }
}

describe('the trusted clock (H38, source 2)', () => {
  it('trusts the first reading of a database that has no stored time', () => {
    expect(staged().pass(0)).toEqual({ now: 0, trusted: true })
  })

  it('trusts a reading that goes on from the time that was kept, and never goes back within the tolerance', () => {
    const { pass } = staged(NOON - 3 * SECOND)
    expect(pass(0)).toEqual({ now: 0, trusted: true })
    expect(pass(0, -2 * SECOND)).toEqual({ now: 0, trusted: true })
    expect(pass(3 * SECOND, -2 * SECOND)).toEqual({ now: -2 * SECOND, trusted: true })
  })

  it.each([HOUR, 9 * HOUR])(
    'ahead by %i ms for three seconds while it runs: nothing is noticed',
    (off) => {
      const { clock, pass } = staged()
      pass(5 * MINUTE)
      expect(pass(3 * SECOND, off)).toEqual({ now: 0, trusted: false })
      expect(clock.state().ahead).toBe(off)
      expect(pass(0)).toEqual({ now: 0, trusted: true })
      expect(clock.state()).toMatchObject({ ahead: 0, trusted: true })
    },
  )

  it.each([-HOUR, -9 * HOUR])(
    'behind by %i ms for three seconds while it runs: nothing is noticed',
    (off) => {
      const { clock, pass } = staged()
      pass(5 * MINUTE)
      expect(pass(3 * SECOND, off)).toEqual({ now: 0, trusted: false })
      expect(clock.state().ahead).toBe(off)
      expect(pass(0)).toEqual({ now: 0, trusted: true })
    },
  )

  it('ahead at the start: is followed at once, trusted after a minute, left at once for a lesser time', () => {
    const { pass } = staged(NOON - HOUR)
    expect(pass(3 * SECOND, 9 * HOUR)).toEqual({ now: 9 * HOUR, trusted: false })
    expect(pass(0)).toEqual({ now: 0, trusted: false })
    expect(pass(59 * SECOND)).toEqual({ now: 0, trusted: false })
    expect(pass(SECOND)).toEqual({ now: 0, trusted: true })
  })

  it('off for more than a day: trusted after 15 minutes', () => {
    const { pass } = staged(NOON - 25 * HOUR)
    expect(pass(14 * MINUTE + 59 * SECOND)).toEqual({ now: 0, trusted: false })
    expect(pass(SECOND)).toEqual({ now: 0, trusted: true })
  })

  it('a wrong reading begins the wait anew, and is not followed once a time has been served', () => {
    const { pass } = staged(NOON - HOUR)
    pass(50 * SECOND)
    expect(pass(2 * SECOND, 9 * HOUR)).toEqual({ now: 0, trusted: false })
    expect(pass(59 * SECOND).trusted).toBe(false)
    expect(pass(SECOND).trusted).toBe(true)
  })

  it('a machine that slept: its time is served after ten seconds and trusted after a minute', () => {
    const { pass } = staged()
    pass(MINUTE)
    expect(pass(9 * SECOND, HOUR)).toEqual({ now: 0, trusted: false })
    expect(pass(SECOND, HOUR)).toEqual({ now: HOUR, trusted: false })
    expect(pass(49 * SECOND, HOUR).trusted).toBe(false)
    expect(pass(SECOND, HOUR)).toEqual({ now: HOUR, trusted: true })
  })

  it('ahead for eleven seconds: served, never trusted, and left at once', () => {
    const { pass } = staged()
    pass(MINUTE)
    expect(pass(11 * SECOND, HOUR)).toEqual({ now: HOUR, trusted: false })
    expect(pass(0)).toEqual({ now: 0, trusted: true })
  })

  it('behind at the start: continues from the stored time, and goes back only on request, after a minute', () => {
    const { clock, pass } = staged(NOON + HOUR)
    expect(pass(0)).toEqual({ now: HOUR, trusted: false })
    expect(pass(59 * SECOND)).toEqual({ now: HOUR, trusted: false })
    expect(clock.back).toBeUndefined()
    expect(pass(SECOND)).toEqual({ now: HOUR, trusted: false })
    expect(clock.back).toBe(NOON + MINUTE)
    clock.goBack()
    expect(pass(0)).toEqual({ now: 0, trusted: true })
    expect(clock.back).toBeUndefined()
  })

  it('behind by more than a day: after 15 minutes', () => {
    const { clock, pass } = staged(NOON + 25 * HOUR)
    pass(14 * MINUTE)
    expect(clock.back).toBeUndefined()
    pass(MINUTE)
    expect(clock.back).toBe(NOON + 15 * MINUTE)
  })

  it('behind after a time ahead that was served and not trusted: goes on from the trusted time', () => {
    const { pass } = staged(NOON - MINUTE)
    expect(pass(3 * SECOND, HOUR).now).toBe(HOUR)
    expect(pass(0, -HOUR)).toEqual({ now: -MINUTE, trusted: false })
    expect(pass(0)).toEqual({ now: -MINUTE, trusted: false })
    expect(pass(10 * SECOND)).toEqual({ now: 0, trusted: false })
  })

  it('continues by monotonic time without readings, and a late reading is no disagreement', () => {
    let passed = 0
    const clock = createTrustedClock(NOON, () => passed)
    expect(createTrustedClock(undefined).now()).toBeNaN()
    clock.take(NOON)
    passed = 30 * SECOND
    expect(clock.now()).toBe(NOON + 30 * SECOND)
    expect(clock.take(NOON + 22 * SECOND, 4 * SECOND).trusted).toBe(true)
    expect(clock.take(NOON + 22 * SECOND).trusted).toBe(false)
  })

  it('a drift of a part in two thousand is followed for good', () => {
    let passed = 0
    const clock = createTrustedClock(NOON, () => passed)
    const time = (): number => Math.floor(NOON + passed * 1.0005)
    for (; passed < 10 * HOUR; passed += 10 * SECOND) {
      expect(clock.take(time())).toEqual({ now: time(), trusted: true })
    }
  })
})
