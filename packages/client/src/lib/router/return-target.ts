import { stores } from '../stores.ts'

/** Most characters of a target. */
const LONGEST = 2048
/** The service's usual path, for a page that has created no store yet. */
const USUAL = '/auth'

/**
 * The place of this page to return to after a sign-in, as path, query and fragment; `fallback` if the value is
 * not a place of the page's own origin. A link to another origin would send a person who has just signed in to
 * an attacker's page (P24). A path below the service's URL is refused too, as it answers with data.
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
    // The next parser would read a path that begins with two slashes as a host, and `https:elsewhere`
    // without slashes as a path
    const returns = found === origin && new URL(target, origin).href === href && !isHostless(value)
    const isSafe = returns && !isHostOnceDecoded(pathname) && !isOfService(pathname, origin)
    return isSafe ? target : fallback
  } catch {
    return fallback
  }
}

/**
 * Whether the value is a scheme without a host, such as `https:elsewhere`, which the URL standard reads as a path.
 * The standard drops invisible characters before the scheme, and tabs and line ends everywhere.
 */
function isHostless(value: string): boolean {
  const read = value.replace(/[\t\n\r]/g, '')
  return /^[^!-~]*[a-z][a-z\d+.-]*:(?![\\/]{2})/i.test(read)
}

/** Whether the path begins with two slashes once a router or a server has decoded it. */
function isHostOnceDecoded(pathname: string): boolean {
  return new URL(`http://host${decodeURIComponent(pathname)}`).pathname.startsWith('//')
}

/** Whether a server may route the path to the service, also one that ignores escapes and case. */
function isOfService(pathname: string, origin: string): boolean {
  const path = plain(pathname)
  const services = stores.size ? [...stores.keys()] : [USUAL]
  return services.some((url) => {
    const service = new URL(url, origin)
    const mount = plain(service.pathname)
    return service.origin === origin && mount !== '/' && path.startsWith(mount)
  })
}

/** The path as a lenient server reads it, with one slash at the end. */
function plain(pathname: string): string {
  const decoded = decodeURIComponent(pathname).replace(/[\\/]+/g, '/')
  const path = new URL(`http://host${decoded}`).pathname.toLowerCase()
  return `${path.replace(/\/$/, '')}/`
}
