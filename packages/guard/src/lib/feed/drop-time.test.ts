import { describe, expect, it } from 'vitest'
import { createDropTime } from './drop-time.ts'

const SECOND = 1000
const HOUR = 3_600_000

function start(offset = 0) {
  const clock = { monotonic: 5000, wall: 1_800_000_000_000, service: 1_800_000_000_000 + offset }
  const pass = (seconds: number): number => {
    let dropped = 0
    for (let at = 0; at < seconds; at++) {
      clock.monotonic += SECOND
      clock.wall += SECOND
      clock.service += SECOND
      dropped = drop()
    }
    return dropped
  }
  const drop = createDropTime(() => Math.floor(clock.service / SECOND) * SECOND, {
    monotonic: () => clock.monotonic,
    wall: () => clock.wall,
  })
  return { clock, pass }
}

describe('createDropTime', () => {
  it('is 0 for a minute, then the current time', () => {
    const { clock, pass } = start()
    expect(pass(59)).toBe(0)
    expect(pass(1)).toBe(clock.service)
    expect(pass(100_000)).toBe(clock.service)
  })

  it.each([HOUR, 9 * HOUR])(
    'is not moved by a clock that is %i ms ahead for 3 s (source 2)',
    (ahead) => {
      const { clock, pass } = start()
      pass(100)
      clock.service += ahead
      expect(pass(3)).toBe(0)
      clock.service -= ahead
      expect(pass(60)).toBe(0)
      expect(pass(1)).toBe(clock.service)
    },
  )

  it('is not affected by a service’s clock, and this machine’s with it, that are ahead at the start (source 2)', () => {
    const { clock, pass } = start()
    for (const by of [HOUR, -HOUR]) {
      clock.service += by
      clock.wall += by
      expect(pass(3)).toBe(0)
    }
    expect(pass(60)).toBe(clock.service)
  })

  it('uses the lower of the times before and after a jump, until all earlier entries are over (H38)', () => {
    const { clock, pass } = start()
    pass(100)
    clock.service += HOUR
    expect(pass(61)).toBe(clock.service - HOUR)
    expect(pass(24 * 3600)).toBe(clock.service - HOUR)
    expect(pass(3600)).toBe(clock.service)
    clock.service -= HOUR
    expect(pass(61)).toBe(clock.service)
  })

  it('uses this machine’s clock as the time before, if the first time differs from it', () => {
    const { clock, pass } = start(HOUR)
    expect(pass(61)).toBe(clock.service - HOUR)
    const { clock: behind, pass: go } = start(-HOUR)
    expect(go(61)).toBe(behind.service)
  })
})
