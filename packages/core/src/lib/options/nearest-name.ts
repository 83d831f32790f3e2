/**
 * The name among `names` that is most like `given`; `undefined` if more than `most` letters differ.
 * `most` is a third of the letters if left out.
 */
export function nearestName(
  given: string,
  names: Iterable<string>,
  most: number = Math.max(1, Math.floor(given.length / 3)),
): string | undefined {
  const wanted = given.slice(0, LONGEST).toLowerCase()
  let best: string | undefined
  let least = most + 1
  for (const name of names) {
    const distance = distanceOf(wanted, name.toLowerCase())
    if (distance >= least) continue
    least = distance
    best = name
  }
  return best
}

/** Characters of a wrong name that are compared. */
const LONGEST = 100

/** Letters to add, take out, change or swap with a neighbour (optimal string alignment). */
function distanceOf(one: string, other: string): number {
  let before: number[] = []
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1]
      let least = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1)
      least = Math.min(least, (row[j - 1] ?? 0) + (same ? 0 : 1))
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
      next.push(swapped ? Math.min(least, (before[j - 2] ?? 0) + 1) : least)
    }
    before = row
    row = next
  }
  return row[other.length] ?? 0
}
