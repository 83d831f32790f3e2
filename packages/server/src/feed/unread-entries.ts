/** The members that identify an entry that has no number yet. */
interface Entry {
  readonly kind: string
  readonly id: string
  readonly effect?: unknown
}

/**
 * Entries that this process has acknowledged but not yet read in the log. If a complete read lacks
 * one, the database has lost it.
 */
export interface UnreadEntries<E extends Entry> {
  /** Adds committed entries. */
  add(entries: readonly E[]): void
  /** Removes entries that were found in the log. */
  read(entries: readonly E[]): void
  /** Entries still missing, oldest first. */
  expected(): readonly E[]
}

/** Drops the oldest beyond `most`. */
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
