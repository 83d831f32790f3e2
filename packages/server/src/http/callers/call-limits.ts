import { clientRules } from '../../config/clients/client-rules.ts'
import { callRules, rateLimited } from '../../config/limits.ts'
import type { CallRule } from '../../config/limits.ts'

const rules = { ...callRules, ...clientRules }

/** Counts calls of authenticated callers and of OAuth clients in this process. */
export interface CallLimits {
  /**
   * Counts one call.
   * @param times how many times as often the caller may call.
   * @throws KeyhavenError `rate_limited` with the seconds until the caller’s period ends.
   */
  count(rule: CallRule | keyof typeof clientRules, caller: string, times?: number): void
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
    count: (rule, caller, times = 1) => {
      const at = now()
      const { points, duration } = rules[rule]
      const key = `${rule} ${caller}`
      const known = spans.get(key)
      if (known !== undefined && known.ends > at) {
        if (known.calls >= points * times) throw rateLimited(Math.ceil((known.ends - at) / 1000))
        known.calls += 1
        return
      }
      spans.delete(key)
      dropOldest(at)
      spans.set(key, { calls: 1, ends: at + duration * 1000 })
    },
  }
}
