import { cookieNames } from '@keyhaven/guard'
import type { OriginPolicy } from '@keyhaven/guard'
import type { CookieNames } from '@keyhaven/core/wire'
import type { Settings } from '../config/settings.ts'

/** The service as browsers see it: all of it follows from the one public URL. */
export interface Site {
  readonly issuer: string
  /** Path below which the API lies, such as `/auth`; empty at the root of a host. */
  readonly mount: string
  readonly secure: boolean
  readonly development: boolean
  readonly cookies: CookieNames
  readonly origins: OriginPolicy
}

export function siteOf({ issuer, development, allowedOrigins }: Settings): Site {
  const url = new URL(issuer)
  return {
    issuer,
    mount: url.pathname.replace(/\/$/, ''),
    secure: url.protocol === 'https:',
    development,
    cookies: cookieNames(url),
    origins: { own: [url.origin, ...allowedOrigins], development },
  }
}
