import { cookieNames } from '@keyhaven/guard'
import type { OriginPolicy } from '@keyhaven/guard'
import { METADATA_PATH } from '@keyhaven/core/wire'
import type { CookieNames } from '@keyhaven/core/wire'
import type { Settings } from '../config/settings.ts'
import { createTransports } from './hosts/transport.ts'
import type { Transports } from './hosts/transport.ts'

/** The service as browsers see it: all of it follows from the one public URL. */
export interface Site {
  readonly issuer: string
  /** Path below which the API lies, such as `/auth`; empty at the root of a host. */
  readonly mount: string
  /** The metadata's other path, which RFC 8414 §3.1 makes of an issuer that has a path. */
  readonly wellKnown: string
  readonly secure: boolean
  readonly development: boolean
  readonly cookies: CookieNames
  readonly origins: OriginPolicy
  /** Sub-domains of this parent get the access cookie too. */
  readonly cookieDomain: string | undefined
  readonly sameSite: 'Strict' | 'Lax'
  /** Name of the readable companion cookie, where there is one. */
  readonly claimsCookie: string | undefined
  /** No access cookie: the session cookie alone. */
  readonly opaque: boolean
  /** Answers are held against the description: in tests. */
  readonly checksAnswers: boolean
  readonly transports: Transports
  /** Headers of every answer (HTTP-4). */
  readonly standingHeaders: Readonly<Record<string, string>>
}

/** `notUnderstood` is called once, with what a trusted proxy wrote in place of an address. */
export function siteOf(settings: Settings, notUnderstood: (entry: string) => void): Site {
  const { issuer, development, allowedOrigins, cookies, mode, trustProxy } = settings
  const url = new URL(issuer)
  const secure = url.protocol === 'https:'
  const names = cookieNames(url, cookies.name)
  const mount = url.pathname.replace(/\/$/, '')
  return {
    issuer,
    mount,
    wellKnown: METADATA_PATH + mount,
    secure,
    development,
    // A cookie with a Domain can't have the prefix that forbids one
    cookies: cookies.domain ? { ...names, access: `__Secure-${cookies.name}` } : names,
    origins: { own: [url.origin, ...allowedOrigins], development },
    cookieDomain: cookies.domain,
    sameSite: cookies.sameSite === 'lax' ? 'Lax' : 'Strict',
    claimsCookie: cookies.claims ? `${cookies.name}-claims` : undefined,
    opaque: mode === 'opaque',
    checksAnswers: settings.checksAnswers,
    transports: createTransports({ secure, trusted: trustProxy, notUnderstood }),
    standingHeaders: standingHeaders(secure && settings.hsts),
  }
}

function standingHeaders(hsts: boolean): Record<string, string> {
  return {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy': "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'same-origin',
    vary: 'Origin, Sec-Fetch-Site',
    // Without includeSubDomains: the service owns a path of this host, not the domain
    ...(hsts && { 'strict-transport-security': 'max-age=31536000' }),
  }
}
