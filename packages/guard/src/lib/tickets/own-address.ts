import { isLoopback } from '../checks/cookies.ts'
import { single } from '../checks/request.ts'
import type { GuardRequest } from '../checks/request.ts'

/**
 * Finds the absolute address of a request: that of an audience with the same host, or any other host by https. Only the
 * machine itself is called by plain http. `undefined` for a path that no browser sends, such as `/x/../y`: handlers
 * would read another address than the service.
 */
export function createOwnAddress(
  audience: readonly string[],
): (request: GuardRequest, path: string) => string | undefined {
  const origins = new Map(
    audience.flatMap((one) => {
      const url = URL.parse(one)
      return url !== null && /^https?:$/.test(url.protocol) ? [[url.host, url.origin]] : []
    }),
  )
  return (request, path) => {
    const host = single(request, 'host')
    const url = typeof host === 'string' ? URL.parse(`https://${host}`) : null
    if (url === null || url.username !== '' || url.pathname !== '/' || !isNormal(path)) {
      return undefined
    }
    const scheme = isLoopback(url.hostname) ? 'http' : 'https'
    return `${origins.get(url.host) ?? `${scheme}://${host}`}${path}`
  }
}

function isNormal(path: string): boolean {
  const url = path.startsWith('/') ? URL.parse(`https://host.invalid${path}`) : null
  return url !== null && url.pathname + url.search === path
}
