/** A guard, identified by its key. */
export interface KnownGuard {
  readonly id: string
  readonly name: string
  /** The audiences that it guards; null for those of a cookie's token. */
  readonly audiences: readonly string[] | null
  /** The audiences that it may exchange tokens for. */
  readonly exchangeTo: readonly string[]
  /** Origins besides its audiences at which it redeems tickets. */
  readonly origins: readonly string[]
  /**
   * Whether the database could not be read just now, and the key was valid within the last ten
   * minutes.
   */
  readonly remembered: boolean
}

/** Recently valid guard keys by their hashes, accepted while the database can't be read. */
export interface GuardKeys {
  /**
   * Call before reading the database, and call the returned function with the result. The result is
   * ignored if `forget` was called meanwhile.
   */
  reading(hash: string): (guard: KnownGuard | undefined) => void
  find(hash: string): KnownGuard | undefined
  /** Drops all remembered keys, after keys were added or removed. */
  forget(): void
}

/** Milliseconds for which a key is remembered, and the number of remembered keys. */
const KEPT = 600_000
const MOST = 1000

/** Remembers guard keys in memory. */
export function createGuardKeys(): GuardKeys {
  let known = new Map<string, { readonly guard: KnownGuard; readonly until: number }>()
  return {
    reading: (hash) => {
      const before = known
      return (guard) => {
        // After `forget` this map is no longer in use
        before.delete(hash)
        if (guard === undefined) return
        before.set(hash, { guard, until: performance.now() + KEPT })
        const [oldest] = before.keys()
        if (before.size > MOST && oldest !== undefined) before.delete(oldest)
      }
    },
    find: (hash) => {
      const found = known.get(hash)
      return found !== undefined && performance.now() < found.until ? found.guard : undefined
    },
    forget: () => {
      known = new Map()
    },
  }
}
