/** An entry with its number in the log. */
interface Numbered {
  readonly seq: number
}

/** The newest entries that this process has read and can append again if a failover loses them. */
export interface RecentEntries<E extends Numbered> {
  /** Adds entries in the log's order; a gap drops everything before it. */
  add(entries: readonly E[]): void
  /** All entries after a number, or `undefined` if one of them is not known. */
  after(seq: number): readonly E[] | undefined
  /** The oldest known entry. */
  oldest(): E | undefined
  /** Drops everything, because another log begins. */
  clear(): void
}

/** Milliseconds for which an entry is kept. */
const KEPT = 600_000

/** Keeps at most `most` entries; `monotonic` returns milliseconds. */
export function createRecentEntries<E extends Numbered>(
  most: number,
  monotonic: () => number = () => performance.now(),
): RecentEntries<E> {
  let pages: { readonly entries: readonly E[]; readonly at: number }[] = []
  const count = (): number => pages.reduce((sum, { entries }) => sum + entries.length, 0)
  const newest = (): number | undefined => pages.at(-1)?.entries.at(-1)?.seq
  return {
    add: (entries) => {
      const [first] = entries
      if (first === undefined) return
      const last = newest()
      if (last !== undefined && first.seq !== last + 1) pages = []
      const now = monotonic()
      pages.push({ entries, at: now })
      while (pages.length > 1 && (now - (pages[0]?.at ?? now) > KEPT || count() > most))
        pages.shift()
    },
    after: (seq) => {
      const known = pages.flatMap(({ entries }) => entries).filter((entry) => entry.seq > seq)
      const isWhole = known[0]?.seq === seq + 1 || (newest() ?? 0) <= seq
      return isWhole ? known : undefined
    },
    oldest: () => pages[0]?.entries[0],
    clear: () => {
      pages = []
    },
  }
}
