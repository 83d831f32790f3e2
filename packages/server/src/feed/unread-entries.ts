/** What identifies an entry without its number. */
interface Entry {
  readonly kind: string
  readonly id: string
  readonly effect?: unknown
}

/**
 * Entries that this process has acknowledged and not read in the log yet. If a complete read lacks one, the
 * database has lost it.
 */
export interface UnreadEntries<E extends Entry> {
  /** These are committed. */
  add(entries: readonly E[]): void
  /** These are in the log. */
  read(entries: readonly E[]): void
  /** Those that are still expected, the oldest first. */
  expected(): readonly E[]
}

/** Of more than `most` the oldest are forgotten. */
export function createUnreadEntries<E extends Entry>(most: number): UnreadEntries<E> {
  const unread = new Map<string, E>()
  return {
    add: (entries) => {
      for (const entry of entries) unread.set(keyOf(entry), entry)
      for (const key of unread.keys()) {
        if (unread.size <= most) return
        unread.delete(key)
      }
    },
    read: (entries) => {
      if (unread.size === 0) return
      for (const entry of entries) unread.delete(keyOf(entry))
    },
    expected: () => [...unread.values()],
  }
}

function keyOf({ kind, id, effect = null }: Entry): string {
  return JSON.stringify([kind, id, effect])
}
