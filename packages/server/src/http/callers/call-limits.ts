import { callRules, rateLimited } from '../../config/limits.ts'
import type { CallRule } from '../../config/limits.ts'

/** Counts calls of authenticated callers in this process. */
export interface CallLimits {
  /**
   * Counts one call.
   * @throws KeyhavenError `rate_limited` with the seconds until the caller’s period ends.
   */
  count(rule: CallRule, caller: string): void
}

/** Callers that are counted at a time. */
const MOST_CALLERS = 50_000

interface Span {
  calls: number
  readonly ends: number
}

/** `now` is a monotonic clock in milliseconds. */
export function createCallLimits(now = () => performance.now()): CallLimits {
  /** Ordered by their ends, because the periods of all rules have the same length. */
  const spans = new Map<string, Span>()
  const dropOldest = (at: number): void => {
    for (const [key, { ends }] of spans) {
      if (ends > at && spans.size < MOST_CALLERS) return
      spans.delete(key)
    }
  }
  return {
    count: (rule, caller) => {
      const at = now()
      const { points, duration } = callRules[rule]
      const key = `${rule} ${caller}`
      const known = spans.get(key)
      if (known !== undefined && known.ends > at) {
        if (known.calls >= points) throw rateLimited(Math.ceil((known.ends - at) / 1000))
        known.calls += 1
        return
      }
      spans.delete(key)
      dropOldest(at)
      spans.set(key, { calls: 1, ends: at + duration * 1000 })
    },
  }
}
