/** URLs of the services of this page's stores. */
export const serviceUrls: Set<string> = new Set()

/** Characters of the longest target. */
const LONGEST = 2048
/** The service's usual path, for a page that has made no store yet. */
const USUAL = '/auth'

/**
 * A place of this page to go back to after a sign-in, as path, query and fragment; `fallback` if the
 * value is no such place. Only the page's own origin counts, whatever the value is made of: a link to
 * elsewhere would send a person who has just signed in to a stranger's page (P24). What is below the
 * service's URL is no place to go to: it answers with data.
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
    // A path that begins with two slashes would be read as a host by the next who parses it, and
    // `https:elsewhere` without slashes only looks like an address
    const returns = found === origin && new URL(target, origin).href === href && !isHostless(value)
    const isSafe = returns && !isHostOnceDecoded(pathname) && !isOfService(pathname, origin)
    return isSafe ? target : fallback
  } catch {
    return fallback
  }
}

/**
 * A scheme without a host, such as `https:elsewhere`, which the URL standard reads as a path. It drops
 * what is invisible before the scheme, and tabs and line ends everywhere.
 */
function isHostless(value: string): boolean {
  const read = value.replace(/[\t\n\r]/g, '')
  return /^[^!-~]*[a-z][a-z\d+.-]*:(?![\\/]{2})/i.test(read)
}

/** Whether the path begins with two slashes for a router or a server that decodes it before it reads it. */
function isHostOnceDecoded(pathname: string): boolean {
  return new URL(`http://host${decodeURIComponent(pathname)}`).pathname.startsWith('//')
}

/** Whether a server would give the path to the service: escapes and capitals make no difference there. */
function isOfService(pathname: string, origin: string): boolean {
  const path = plain(pathname)
  const services = serviceUrls.size ? [...serviceUrls] : [USUAL]
  return services.some((url) => {
    const service = new URL(url, origin)
    const mount = plain(service.pathname)
    return service.origin === origin && mount !== '/' && path.startsWith(mount)
  })
}

/** The path as a careless server reads it, with one slash at the end. */
function plain(pathname: string): string {
  const decoded = decodeURIComponent(pathname).replace(/[\\/]+/g, '/')
  const path = new URL(`http://host${decoded}`).pathname.toLowerCase()
  return `${path.replace(/\/$/, '')}/`
}
