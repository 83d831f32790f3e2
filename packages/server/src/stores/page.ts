import { sql } from 'kysely'

/** How many rows of a list to read, from which row, in which order. */
export interface PageRequest<I extends string | number = string> {
  /** At most 100. */
  readonly limit: number
  /** The `next` of the previous page; `undefined` for the first page. */
  readonly after: PagePosition<I> | undefined
  readonly descending: boolean
}

/** The place after the row with this time and id. */
export interface PagePosition<I extends string | number = string> {
  readonly at: number
  readonly id: I
}

/** A page of a list. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly next: PagePosition | null
}

/** The columns by which a list is ordered: a time, then an id. */
export type Order = readonly [time: string, id: string]

/** A condition for rows on or after the requested page. */
export function fromPosition<I extends string | number>(
  [time, id]: Order,
  { after, descending }: PageRequest<I>,
) {
  if (after === undefined) return sql<boolean>`true`
  const than = sql.raw(descending ? '<' : '>')
  return sql<boolean>`(${sql.ref(time)}, ${sql.ref(id)}) ${than} (${after.at}, ${after.id})`
}

/** The order of a list, for `orderBy`. */
export function inOrder([time, id]: Order, { descending }: PageRequest) {
  const way = sql.raw(descending ? 'desc' : 'asc')
  return sql`${sql.ref(time)} ${way}, ${sql.ref(id)} ${way}`
}

/**
 * Splits rows, of which one more than `limit` was read, into a page and the position of the next.
 */
export function pageOf<T extends object>(
  rows: readonly T[],
  limit: number,
  positionOf: (row: T) => PagePosition,
): Page<T> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last !== undefined ? positionOf(last) : null }
}
