import { XSRF_COOKIE } from '@keyhaven/core/wire'
import type { PageClaims } from '@keyhaven/core/wire'
import type { GuardRequest } from '@keyhaven/guard'
import { cookieValues } from '@keyhaven/guard/kit'
import { claimsCookieValue } from '../../model/claims-cookie.ts'
import type { FlowCookie } from '../../model/sign-in/flow-cookie.ts'
import type { Site } from '../site.ts'

/** The longest time for which browsers keep a cookie: 400 days. */
const LONGEST = 400 * 86_400

interface CookieOptions {
  readonly readable?: boolean
  /** Whatever the configured `SameSite`. */
  readonly sameSite?: 'Strict' | 'Lax'
  readonly domain?: string | undefined
  /** Seconds; without it the cookie ends with the browser. */
  readonly maxAge?: number | undefined
}

function cookie(
  site: Site,
  [name, value]: readonly [string, string],
  options: CookieOptions,
): string {
  const attributes = ['Path=/', `SameSite=${options.sameSite ?? site.sameSite}`]
  if (site.secure) attributes.push('Secure')
  if (!options.readable) attributes.push('HttpOnly')
  if (options.domain !== undefined) attributes.push(`Domain=${options.domain}`)
  if (options.maxAge !== undefined) attributes.push(`Max-Age=${Math.min(options.maxAge, LONGEST)}`)
  return `${name}=${value}; ${attributes.join('; ')}`
}

/**
 * The access cookie, which ends with its token, and the readable claims cookie; no access cookie in
 * opaque mode.
 */
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

/** The content of the access cookie and of the readable claims cookie. */
export interface AccessCookie {
  readonly token: string
  /** Claims that the page may read. */
  readonly claims: PageClaims
  readonly secondsLeft: number
}

/**
 * The session cookie, kept until the absolute limit with "remember me", else until the browser
 * closes.
 */
export function sessionCookie(site: Site, value: string, keep: Keep): string {
  return cookie(site, [site.cookies.session, value], { maxAge: maxAgeOf(keep) })
}

/** The readable XSRF cookie, kept as long as the session cookie. */
export function xsrfCookie(site: Site, value: string, keep: Keep): string {
  return cookie(site, [XSRF_COOKIE, value], { maxAge: maxAgeOf(keep), readable: true })
}

/** The cookie that names a browser with attempts; without one it is cleared. */
export function flowCookie(site: Site, flow: FlowCookie | undefined): string {
  const { value = '', maxAge = 0 } = flow ?? {}
  return cookie(site, [site.flowCookie, value], { maxAge, sameSite: 'Strict' })
}

/** The flow cookies of a request. */
export function flowCookiesOf(site: Site, request: GuardRequest): readonly string[] {
  return cookieValues(request, site.flowCookie)
}

/**
 * The cookie by which accounts know a browser, kept at a sign-out. It is `Lax` whatever is configured:
 * it opens nothing, and a user may follow a link from a mail (H20).
 */
export function deviceCookie(site: Site, value: string): string {
  return cookie(site, [site.deviceCookie, value], { maxAge: LONGEST, sameSite: 'Lax' })
}

/** The device cookies of a request. */
export function deviceCookiesOf(site: Site, request: GuardRequest): readonly string[] {
  return cookieValues(request, site.deviceCookie)
}

/** For how long the cookies of a session are kept. */
export interface Keep {
  readonly remember: boolean
  /** Seconds to the absolute limit, if there is one. */
  readonly absolute: number | undefined
}

function maxAgeOf({ remember, absolute }: Keep): number | undefined {
  return remember ? (absolute ?? LONGEST) : undefined
}

/** Prefixes with which this or a former configuration may have set the cookies. */
const prefixes = ['', '__Secure-', '__Host-', '__Host-Http-', '__Http-']

/** Clears the service's cookies, and every variant of them in the request. */
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

/** Clears cookies in the request that another configuration has set. */
export function clearedVariants(site: Site, request: GuardRequest): string[] {
  return [site.cookies.access, site.cookies.session].flatMap((name) => {
    const bare = name.replace(/^__(Host-Http|Host|Secure|Http)-/, '')
    return prefixes
      .map((prefix) => prefix + bare)
      .filter((variant) => variant !== name && cookieValues(request, variant).length > 0)
      .map((variant) => `${variant}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0`)
  })
}
