import type { About, Family } from './family.ts'

/** A counter by labels whose values are declared. */
export interface Counter<L extends string> {
  add(labels: Readonly<Record<L, string>>, more?: number): void
  readonly family: Family
}

/** Replaces an undeclared value, so that no request data becomes a label. */
export const OTHER = 'other'

/**
 * Creates a counter that has a sample for every combination from the start: a rate needs the zero
 * before the first count.
 */
export function createCounter<L extends string>(
  about: About,
  labels: Readonly<Record<L, readonly string[]>>,
): Counter<L> {
  const names = Object.keys(labels) as L[]
  const counts = new Map<string, { readonly labels: Record<string, string>; value: number }>()
  const known = names.map((name) => new Set(labels[name]))
  const keyOf = (values: Readonly<Record<L, string>>): string[] =>
    names.map((name, at) => (known[at]?.has(values[name]) ? values[name] : OTHER))
  const cellOf = (values: readonly string[]) => {
    const key = values.join('\n')
    const found = counts.get(key)
    if (found !== undefined) return found
    const named = Object.fromEntries(names.map((name, at) => [name, values[at] ?? OTHER]))
    const cell = { labels: named, value: 0 }
    counts.set(key, cell)
    return cell
  }
  for (const values of combinations(names.map((name) => labels[name]))) cellOf(values)
  return {
    add: (values, more = 1) => {
      cellOf(keyOf(values)).value += more
    },
    get family(): Family {
      return { ...about, type: 'counter', samples: [...counts.values()] }
    },
  }
}

function combinations(lists: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return lists.reduce<readonly (readonly string[])[]>(
    (all, list) => all.flatMap((before) => list.map((one) => [...before, one])),
    [[]],
  )
}
