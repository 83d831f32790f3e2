/** A number of calls in each second. */
export interface Budget {
  /**
   * Takes one call for a client's network; `undefined` if none is left now, or none for this network. The returned
   * function gives it back.
   */
  take(network?: string): (() => void) | undefined
}

/** Calls in a second: of all networks, and of one. */
export interface BudgetLimits {
  readonly most: number
  /** Less than all, so that one network can't take the calls of the others. */
  readonly ofOne: number
}

/** Milliseconds */
const SECOND = 1000

/** Creates a budget that no second exceeds, whenever it begins. `now` is a monotonic clock in milliseconds. */
export function createBudget(
  { most, ofOne }: BudgetLimits,
  now: () => number = () => performance.now(),
): Budget {
  /** From the oldest to the newest. */
  const taken: { readonly at: number; readonly network: string }[] = []
  return {
    take: (network = '') => {
      const at = now()
      while (taken[0] !== undefined && taken[0].at + SECOND <= at) taken.shift()
      if (taken.length >= most) return undefined
      if (taken.filter((one) => one.network === network).length >= ofOne) return undefined
      const mine = { at, network }
      taken.push(mine)
      return () => {
        const place = taken.indexOf(mine)
        if (place >= 0) taken.splice(place, 1)
      }
    },
  }
}
