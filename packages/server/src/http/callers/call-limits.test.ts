import { describe, expect, it } from 'vitest'
import { createCallLimits } from './call-limits.ts'

/** The limit `profile`: calls, and the seconds of its period. */
const [points, duration] = [100, 60]

describe('createCallLimits', () => {
  it('counts each rule and each caller by itself, and begins anew when the span is over', () => {
    let now = 0
    const limits = createCallLimits(() => now)
    const useUp = (): void => {
      for (let at = 0; at < points; at++) limits.count('profile', 'a')
    }
    useUp()
    now = 1500
    expect(() => limits.count('profile', 'a')).toThrow(
      expect.objectContaining({
        code: 'rate_limited',
        details: {
          retryAfter: duration - 1,
          detail: `There were too many attempts. Wait ${duration - 1} seconds, then try again.`,
        },
      }),
    )
    limits.count('profile', 'b')
    limits.count('ending', 'a')
    now = duration * 1000 - 1
    expect(() => limits.count('profile', 'a')).toThrow('Wait 1 second, then')
    now = duration * 1000
    useUp()
    expect(() => limits.count('profile', 'a')).toThrow('too many')
  })
  it('remembers 50,000 callers at most, and forgets the oldest first', () => {
    const limits = createCallLimits(() => 0)
    for (const caller of ['first', 'second']) {
      for (let at = 0; at < points; at++) limits.count('profile', caller)
    }
    for (let at = 0; at < 49_999; at++) limits.count('profile', `other ${at}`)
    expect(() => limits.count('profile', 'second')).toThrow('too many')
    limits.count('profile', 'first')
  })
})
