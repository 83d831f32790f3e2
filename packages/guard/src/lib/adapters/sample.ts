/** Milliseconds after which the counts are reset. */
const PERIOD = 60_000

/** Most lines of one kind, and of all kinds, in that time. */
const MOST_OF_A_KIND = 5
const MOST = 100

/** Decides which refused requests get a line in the log, so that no flood fills it. */
export interface Sample {
  /** Whether this one gets a line. If not, it is counted under its code, and reported when the minute ends. */
  take(code: string, kind: string): boolean
  /** Reports the counts of the current minute. */
  close(): void
}

/**
 * Creates a sample: the first few of each kind in a minute, and a bounded number of all kinds.
 * @param report is called at the end of a minute with the number of those without a line, by code.
 * @param later calls back once, by a timer that keeps no process alive.
 */
export function createSample(
  report: (left: Readonly<Record<string, number>>) => void,
  later: (work: () => void, milliseconds: number) => void = afterwards,
): Sample {
  const kinds = new Map<string, number>()
  const left = new Map<string, number>()
  let lines = 0
  let waiting = false
  const end = (): void => {
    waiting = false
    lines = 0
    kinds.clear()
    if (left.size === 0) return
    const counts = Object.fromEntries(left)
    left.clear()
    report(counts)
  }
  return {
    take: (code, kind) => {
      if (!waiting) later(end, PERIOD)
      waiting = true
      const before = kinds.get(kind) ?? 0
      if (before < MOST_OF_A_KIND && lines < MOST) {
        kinds.set(kind, before + 1)
        lines += 1
        return true
      }
      left.set(code, (left.get(code) ?? 0) + 1)
      return false
    },
    close: end,
  }
}

function afterwards(work: () => void, milliseconds: number): void {
  setTimeout(work, milliseconds).unref()
}
