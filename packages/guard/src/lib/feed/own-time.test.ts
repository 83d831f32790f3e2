import { describe, expect, it } from 'vitest'
import { createOwnTime } from './own-time.ts'
import type { FeedRuntime } from './runtime.ts'

function start() {
  const clock = { monotonic: 5000, wall: 1_000_000 }
  const runtime = { monotonic: () => clock.monotonic, wall: () => clock.wall } as FeedRuntime
  const pass = (milliseconds: number): void => {
    clock.monotonic += milliseconds
    clock.wall += milliseconds
  }
  return { clock, pass, runtime }
}

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
