import type { RevocationCode } from '@keyhaven/core/wire'
import { createMark } from '../checks/keyed-hash.ts'

/** The code to refuse a key with. */
export type KeyCode = RevocationCode | 'token_invalid'

/** Remembers for a short time the keys that the service has refused, so that it is not asked at each request. The keys
 * themselves are not kept. */
export interface RefusedKeys {
  find(text: string): KeyCode | undefined
  add(text: string, code: KeyCode): void
  readonly size: number
}

/**
 * Milliseconds. No key that was refused becomes good: one that is made has never been sent before, and one that has
 * ended stays so. Only the audiences of a guard may grow.
 */
const REMEMBERED = 30_000

/** More are refused in that time only if genuine keys end, since the guard asks about 60 unknown ones a second. */
const MOST = 5000

/** Creates an empty table. `now` is a monotonic clock in milliseconds. */
export function createRefusedKeys(now: () => number = () => performance.now()): RefusedKeys {
  const markOf = createMark()
  /** From the oldest to the newest. */
  const refused = new Map<number, { readonly code: KeyCode; readonly until: number }>()
  const dropOld = (at: number): void => {
    for (const [mark, { until }] of refused) {
      if (until > at && refused.size < MOST) return
      refused.delete(mark)
    }
  }
  return {
    find: (text) => {
      const found = refused.get(markOf(text))
      return found !== undefined && found.until > now() ? found.code : undefined
    },
    add: (text, code) => {
      const mark = markOf(text)
      const at = now()
      dropOld(at)
      refused.delete(mark)
      refused.set(mark, { code, until: at + REMEMBERED })
    },
    get size() {
      return refused.size
    },
  }
}
