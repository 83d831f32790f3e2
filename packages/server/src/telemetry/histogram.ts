import type { About, Family, Sample } from './family.ts'

/** Measures durations by a label whose values are declared. */
export interface Histogram {
  /** Adds a duration in seconds; ignores undeclared values. */
  observe(value: string, seconds: number): void
  readonly family: Family
}

/** Upper bounds of the buckets, in seconds. */
const ENDS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10] as const

/** A histogram with one label. */
export function createHistogram(about: About, label: string, values: readonly string[]): Histogram {
  const cells = new Map(
    values.map((value) => [value, { buckets: ENDS.map(() => 0), sum: 0, count: 0 }]),
  )
  const samplesOf = (value: string): Sample[] => {
    const { buckets = [], sum = 0, count = 0 } = cells.get(value) ?? {}
    const labels = { [label]: value }
    let below = 0
    const ends = ENDS.map((end, at): Sample => {
      below += buckets[at] ?? 0
      return { suffix: '_bucket', labels: { ...labels, le: String(end) }, value: below }
    })
    return [
      ...ends,
      { suffix: '_bucket', labels: { ...labels, le: '+Inf' }, value: count },
      { suffix: '_sum', labels, value: sum },
      { suffix: '_count', labels, value: count },
    ]
  }
  return {
    observe: (value, seconds) => {
      const cell = cells.get(value)
      if (cell === undefined) return
      const at = ENDS.findIndex((end) => seconds <= end)
      if (at >= 0) cell.buckets[at] = (cell.buckets[at] ?? 0) + 1
      cell.sum += seconds
      cell.count += 1
    },
    get family(): Family {
      return { ...about, type: 'histogram', samples: values.flatMap(samplesOf) }
    },
  }
}
