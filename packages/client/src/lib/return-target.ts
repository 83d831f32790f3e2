/** Where the services of this page's stores are. */
export const serviceUrls: Set<string> = new Set()

/** Characters of the longest target. */
const LONGEST = 2048

/**
 * A place of this page to go back to after a sign-in, as path, query and fragment; `fallback` where
 * the value is no such place. Only our own origin counts, whatever the value is made of: a link that
 * says otherwise would send a person who has just signed in to somebody else's page (P24).
 */
export function returnTarget(
  value: unknown,
  fallback = '/',
  origin: string = location.origin,
): string {
  if (typeof value !== 'string' || value.length > LONGEST) return fallback
  try {
    const { href, origin: found, pathname, search, hash } = new URL(value, origin)
    const target = pathname + search + hash
    // A path that begins with two slashes would be read as a host by whoever is given it
    const returns = found === origin && new URL(target, origin).href === href
    return returns ? target : fallback
  } catch {
    return fallback
  }
}
