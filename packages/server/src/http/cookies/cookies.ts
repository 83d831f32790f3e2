import { XSRF_COOKIE } from '@keyhaven/core/wire'
import type { PageClaims } from '@keyhaven/core/wire'
import { readCookie } from '@keyhaven/guard'
import type { GuardRequest } from '@keyhaven/guard'
import { claimsCookieValue } from '../../model/claims-cookie.ts'
import type { Site } from '../site.ts'

/** Longest life that browsers keep a cookie for: 400 days. */
const LONGEST = 400 * 86_400

interface CookieOptions {
  readonly readable?: boolean
  readonly domain?: string | undefined
  /** Seconds; without it the cookie ends with the browser. */
  readonly maxAge?: number | undefined
}

function cookie(
  site: Site,
  [name, value]: readonly [string, string],
  options: CookieOptions,
): string {
  const attributes = ['Path=/', `SameSite=${site.sameSite}`]
  if (site.secure) attributes.push('Secure')
  if (!options.readable) attributes.push('HttpOnly')
  if (options.domain !== undefined) attributes.push(`Domain=${options.domain}`)
  if (options.maxAge !== undefined) attributes.push(`Max-Age=${Math.min(options.maxAge, LONGEST)}`)
  return `${name}=${value}; ${attributes.join('; ')}`
}

/** The access cookie ends with its token, and its readable companion with it; none in opaque mode. */
export function accessCookies(
  site: Site,
  { token, claims, secondsLeft }: AccessCookie,
): readonly string[] {
  const maxAge = secondsLeft
  const value = site.claimsCookie && claimsCookieValue(claims)
  const claimsCookie =
    site.claimsCookie !== undefined && value !== undefined
      ? [cookie(site, [site.claimsCookie, value], { maxAge, readable: true })]
      : []
  if (site.opaque) return claimsCookie
  const domain = site.cookieDomain
  return [cookie(site, [site.cookies.access, token], { maxAge, domain }), ...claimsCookie]
}

export interface AccessCookie {
  readonly token: string
  /** What the page may see. */
  readonly claims: PageClaims
  readonly secondsLeft: number
}

/** The session cookie: kept to the absolute limit with "remember me", else until the browser closes. */
export function sessionCookie(site: Site, value: string, keep: Keep): string {
  return cookie(site, [site.cookies.session, value], { maxAge: maxAgeOf(keep) })
}

/** The readable XSRF cookie ends with the session cookie. */
export function xsrfCookie(site: Site, value: string, keep: Keep): string {
  return cookie(site, [XSRF_COOKIE, value], { maxAge: maxAgeOf(keep), readable: true })
}

/** How long the session's cookies are kept. */
export interface Keep {
  readonly remember: boolean
  /** Seconds to the absolute limit, where there is one. */
  readonly absolute: number | undefined
}

function maxAgeOf({ remember, absolute }: Keep): number | undefined {
  return remember ? (absolute ?? LONGEST) : undefined
}

/** Names under which this or a former configuration may have set our cookies. */
const prefixes = ['', '__Secure-', '__Host-', '__Host-Http-', '__Http-']

/** Clears our cookies, and every variant of them that the request carried. */
export function clearedCookies(site: Site, request: GuardRequest): string[] {
  return [
    ...clearedVariants(site, request),
    cookie(site, [site.cookies.access, ''], { maxAge: 0, domain: site.cookieDomain }),
    cookie(site, [site.cookies.session, ''], { maxAge: 0 }),
    cookie(site, [XSRF_COOKIE, ''], { maxAge: 0, readable: true }),
    ...(site.claimsCookie
      ? [cookie(site, [site.claimsCookie, ''], { maxAge: 0, readable: true })]
      : []),
  ]
}

/** Clears what the request carried under names of another configuration. */
export function clearedVariants(site: Site, request: GuardRequest): string[] {
  const header = request.header('cookie')
  return [site.cookies.access, site.cookies.session].flatMap((name) => {
    const bare = name.replace(/^__(Host-Http|Host|Secure|Http)-/, '')
    return prefixes
      .map((prefix) => prefix + bare)
      .filter((variant) => variant !== name && readCookie(header, variant).length > 0)
      .map((variant) => `${variant}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0`)
  })
}
