import { callRules, rateLimited } from '../../config/limits.ts'
import type { CallRule } from '../../config/limits.ts'

/** Counts calls of known callers in this process. */
export interface CallLimits {
  /** @throws KeyhavenError `rate_limited` with the seconds until the caller's span of time ends. */
  count(rule: CallRule, caller: string): void
}

/** Callers that are remembered at one time. */
const MOST_CALLERS = 50_000

interface Span {
  calls: number
  readonly ends: number
}

/** `now` is a monotonic clock in milliseconds. */
export function createCallLimits(now = () => performance.now()): CallLimits {
  /** In the order of their ends, because all rules have spans of one length. */
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
