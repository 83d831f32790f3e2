/** A guard, known by its key. */
export interface KnownGuard {
  readonly id: string
  readonly name: string
  /** The database could not be asked just now: this was so within the last ten minutes. */
  readonly remembered: boolean
}

/** Guard keys that were good lately, by their hashes: what counts while the database can't be asked. */
export interface GuardKeys {
  /** Call before the database is asked; the answer takes what it says, unless all was forgotten meanwhile. */
  asking(hash: string): (guard: KnownGuard | undefined) => void
  find(hash: string): KnownGuard | undefined
  /** Keys were added or removed: nothing that is remembered counts any more. */
  forget(): void
}

/** Milliseconds for which a key is remembered, and how many are. */
const KEPT = 600_000
const MOST = 1000

export function createGuardKeys(): GuardKeys {
  let known = new Map<string, { readonly guard: KnownGuard; readonly until: number }>()
  return {
    asking: (hash) => {
      const asked = known
      return (guard) => {
        // What was forgotten since takes nothing that was read before
        asked.delete(hash)
        if (guard === undefined) return
        asked.set(hash, { guard, until: performance.now() + KEPT })
        const [oldest] = asked.keys()
        if (asked.size > MOST && oldest !== undefined) asked.delete(oldest)
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
