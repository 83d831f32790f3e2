/** A number of calls in each second. */
export interface Budget {
  /** Takes one call; `undefined` if none is left now. The returned function gives it back. */
  take(): (() => void) | undefined
}

/** Milliseconds */
const SECOND = 1000

/** Creates a budget that no second exceeds, whenever it begins. `now` is a monotonic clock in milliseconds. */
export function createBudget(most: number, now: () => number = () => performance.now()): Budget {
  const taken: { readonly at: number }[] = []
  return {
    take: () => {
      const at = now()
      const [oldest] = taken
      if (taken.length >= most) {
        if (oldest !== undefined && oldest.at + SECOND > at) return undefined
        taken.shift()
      }
      const mine = { at }
      taken.push(mine)
      return () => {
        const place = taken.indexOf(mine)
        if (place >= 0) taken.splice(place, 1)
      }
    },
  }
}
