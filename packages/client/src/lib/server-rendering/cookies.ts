import { setCookie } from './set-cookie.ts'

/** Most characters of the service's cookies that are passed on: a token has at most 4,096, a session cookie far fewer. */
const LONGEST = 8192

/** The pairs of a `Cookie` header. */
function pairsOf(header: string): readonly (readonly [name: string, pair: string])[] {
  return header.split(/; */).map((pair) => [pair.slice(0, Math.max(pair.indexOf('='), 0)), pair])
}

/** The service's cookies in a `Cookie` header; `''` if there is none, or if they are too long to be the service's. */
export function ownCookies(header: string | null, names: RegExp): string {
  const own = pairsOf(header ?? '').filter(([name]) => names.test(name))
  const text = own.map(([, pair]) => pair).join('; ')
  return text.length > LONGEST ? '' : text
}

/** A `Cookie` header as a browser sends it after these `Set-Cookie` lines. */
export function afterCookies(header: string | null, lines: readonly string[]): string {
  const jar = new Map(pairsOf(header ?? ''))
  jar.delete('')
  for (const line of lines) {
    const { name, pair, isGone } = setCookie(line)
    if (isGone) jar.delete(name)
    else jar.set(name, pair)
  }
  return [...jar.values()].join('; ')
}

/** Seconds since 1970 at which the access token among the cookies ends; 0 without one. It is not verified here. */
export function tokenEnd(own: string): number {
  for (const [, pair] of pairsOf(own)) {
    const payload = pair.slice(pair.indexOf('=') + 1).split('.')[1]
    if (payload === undefined) continue
    try {
      const { exp } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as {
        exp?: unknown
      }
      if (typeof exp === 'number') return exp
    } catch {
      // It is no token: the service decides
    }
  }
  return 0
}
