import { cookieNames } from '@keyhaven/guard/kit'
import type { OriginPolicy } from '@keyhaven/guard/kit'
import { METADATA_PATH } from '@keyhaven/core/wire'
import type { CookieNames } from '@keyhaven/core/wire'
import type { Brand } from '../config/brand/brand.ts'
import type { Settings } from '../config/settings.ts'
import { createTransports } from './hosts/transport.ts'
import type { Transports } from './hosts/transport.ts'

/** The service as browsers see it, derived from its public URL. */
export interface Site {
  readonly issuer: string
  /** The path below which the API is, such as `/auth`; empty at the root of a host. */
  readonly mount: string
  /** The second path of the metadata, which RFC 8414 §3.1 derives from an issuer with a path. */
  readonly wellKnown: string
  readonly secure: boolean
  readonly development: boolean
  readonly cookies: CookieNames
  /** The name of the cookie that names a browser in an attempt. */
  readonly flowCookie: string
  /** The name of the cookie by which accounts know a browser. */
  readonly deviceCookie: string
  readonly origins: OriginPolicy
  /** Sub-domains of this domain get the access cookie too. */
  readonly cookieDomain: string | undefined
  readonly sameSite: 'Strict' | 'Lax'
  /** The name of the readable claims cookie, if it is on. */
  readonly claimsCookie: string | undefined
  /** The URL of the pages that links in mails open, which may be a proxy's. */
  readonly pages: string
  /** The least number of characters in a password, which the pages show. */
  readonly passwordMinLength: number
  /** Whether a mail can sign in, which the pages then offer. */
  readonly mailSignIn: boolean
  /** How the pages are dressed; `undefined` for the product's own look. */
  readonly brand: Brand | undefined
  /** Whether there is no access cookie, only the session cookie. */
  readonly opaque: boolean
  /** Whether answers are checked against the API description, in tests. */
  readonly checksAnswers: boolean
  readonly transports: Transports
  /** Headers of every response (HTTP-4). */
  readonly standingHeaders: Readonly<Record<string, string>>
}

/**
 * `notUnderstood` is called once, with the first entry of a trusted proxy that is not an address.
 */
export function siteOf(settings: Settings, notUnderstood: (entry: string) => void): Site {
  const { issuer, development, allowedOrigins, bearerOrigins, cookies, mode, trustProxy } = settings
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
    // The `__Host-` prefix forbids a Domain attribute
    cookies: cookies.domain ? { ...names, access: `__Secure-${cookies.name}` } : names,
    flowCookie: names.session.replace(/session$/, 'flow'),
    deviceCookie: names.session.replace(/session$/, 'device'),
    origins: {
      own: [url.origin, ...allowedOrigins],
      bearer: [...bearerOrigins.native, ...bearerOrigins.pages],
      development,
    },
    cookieDomain: cookies.domain,
    sameSite: cookies.sameSite === 'lax' ? 'Lax' : 'Strict',
    claimsCookie: cookies.claims ? `${cookies.name}-claims` : undefined,
    pages: settings.mail.pages,
    passwordMinLength: settings.passwords.minLength,
    mailSignIn: settings.mail.signIn,
    brand: settings.brand,
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
    // Without includeSubDomains: the service uses a path of this host, not the whole domain
    ...(hsts && { 'strict-transport-security': 'max-age=31536000' }),
  }
}
