/** Milliseconds between two fetches for any unknown key: a flood of invented keys can't hide a new one for long. */
const APART = 5000

/** Milliseconds between two fetches for the same unknown key. */
const APART_FOR_ONE = 60_000

/** Unknown keys that are remembered. */
const MOST_UNKNOWN = 100

/** Returns whether an unknown key is worth a fetch of the key set now: one in 5 s, for the same key one a minute. */
export function createKeyLooks(): (kid: string) => boolean {
  let last = -Infinity
  const byKey = new Map<string, number>()
  return (kid) => {
    const now = performance.now()
    if (now - last < APART || now - (byKey.get(kid) ?? -Infinity) < APART_FOR_ONE) return false
    last = now
    if (byKey.size >= MOST_UNKNOWN) byKey.clear()
    byKey.set(kid, now)
    return true
  }
}
