/** Rows that a job leaves out, because the database has refused to change them. */
export interface RefusedRows {
  /** The number of rows that are left out now. */
  readonly size: () => number
  readonly has: (id: string) => boolean
  /** Leaves a row out for a minute. @throws the error of a row beyond the bound. */
  readonly add: (id: string, error: unknown) => void
}

/** Milliseconds until a refused row is tried again. */
const AGAIN = 60_000

/** Rows that can be left out at a time: beyond it the job fails, as it has no row that succeeds. */
const MOST = 1000

/** Creates the list; `noted` is called for each row. */
export function createRefusedRows(noted: (id: string, error: unknown) => void): RefusedRows {
  const untilOf = new Map<string, number>()
  return {
    size: () => {
      const now = performance.now()
      // The oldest come first
      for (const [id, until] of untilOf) {
        if (until > now) break
        untilOf.delete(id)
      }
      return untilOf.size
    },
    has: (id) => untilOf.has(id),
    add: (id, error) => {
      if (untilOf.size >= MOST) throw error
      untilOf.set(id, performance.now() + AGAIN)
      noted(id, error)
    },
  }
}
