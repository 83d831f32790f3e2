/** A guard, known by its key. */
export interface KnownGuard {
  readonly id: string
  readonly name: string
  /** The database could not be asked just now: this was so within the last ten minutes. */
  readonly remembered: boolean
}

/** Guard keys that were good lately, by their hashes: what counts while the database can't be asked. */
export interface GuardKeys {
  /** What the database says of a key. */
  note(hash: string, guard: KnownGuard | undefined): void
  find(hash: string): KnownGuard | undefined
  /** Keys were added or removed: nothing that is remembered counts any more. */
  forget(): void
}

/** Milliseconds for which a key is remembered, and how many are. */
const KEPT = 600_000
const MOST = 1000

export function createGuardKeys(): GuardKeys {
  const known = new Map<string, { readonly guard: KnownGuard; readonly until: number }>()
  return {
    note: (hash, guard) => {
      known.delete(hash)
      if (guard === undefined) return
      known.set(hash, { guard, until: performance.now() + KEPT })
      const [oldest] = known.keys()
      if (known.size > MOST && oldest !== undefined) known.delete(oldest)
    },
    find: (hash) => {
      const found = known.get(hash)
      return found !== undefined && performance.now() < found.until ? found.guard : undefined
    },
    forget: () => known.clear(),
  }
}
