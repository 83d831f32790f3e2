/** How much of a list is wanted, and from where. */
export interface PageRequest {
  /** At most 100. */
  readonly limit: number
  /** What the last page gave as `next`: the number of rows that were seen. */
  readonly after: PagePosition | undefined
  readonly descending: boolean
}

/** Where a page begins: behind the row with this time and id. */
export interface PagePosition {
  readonly at: number
  readonly id: string
}

/** A page of a list. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly next: PagePosition | null
}

/** Cuts one row more than was wanted into a page and the place where the next begins. */
export function pageOf<T extends object>(
  rows: readonly T[],
  limit: number,
  positionOf: (row: T) => PagePosition,
): Page<T> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last !== undefined ? positionOf(last) : null }
}
