/** Milliseconds after which the counts begin anew. */
const PERIOD = 60_000

/** Lines of one kind, and of all kinds, in that time. */
const MOST_OF_A_KIND = 5
const MOST = 100

/** Decides which refused requests get a line in the log, so that no flood fills it. */
export interface Sample {
  /** Whether this one gets a line. Otherwise it is counted under its code, and told when the minute ends. */
  take(code: string, kind: string): boolean
  /** Tells what is left to tell. */
  close(): void
}

/**
 * The first few of each kind in a minute, and a bounded number of all kinds.
 * @param tell is called at the end of a minute with what got no line, by code.
 * @param later calls back once; what it makes must keep no process alive.
 */
export function createSample(
  tell: (left: Readonly<Record<string, number>>) => void,
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
    tell(counts)
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
