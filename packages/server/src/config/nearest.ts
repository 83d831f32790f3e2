/** The nearest name, if at most half of its characters differ: probably the one that was meant. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  let best: string | undefined
  let least = Infinity
  for (const one of names) {
    const distance = distanceOf(name, one)
    if (distance >= least || distance > one.length / 2) continue
    least = distance
    best = one
  }
  return best
}

/** The Levenshtein distance: characters to add, remove or replace. */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (const [line, sign] of Array.from(one).entries()) {
    const next = [line + 1]
    for (let at = 1; at <= other.length; at += 1) {
      const replaced = (row[at - 1] ?? 0) + (sign === other[at - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[other.length] ?? 0
}
