import { checkCookieDomain } from './check-cookie-domain.ts'

/** Names and scope of the cookies. */
export interface CookieSettings {
  readonly name: string
  /** Widens the access cookie to the sub-domains of this parent. */
  readonly domain: string | undefined
  readonly sameSite: 'strict' | 'lax'
  /** Whether the readable cookie with the page's claims is set. */
  readonly claims: boolean
}

interface Read {
  (name: 'cookieName'): string
  (name: 'cookieDomain'): string | undefined
  (name: 'sameSite'): 'strict' | 'lax'
  (name: 'claimsCookie'): 'on' | 'off'
}

/**
 * Reads and checks the settings of cookies together.
 * @throws ConfigurationError.
 */
export async function cookiesOf(read: Read, url: URL): Promise<CookieSettings> {
  const domain = read('cookieDomain')
  if (domain !== undefined) await checkCookieDomain(domain, url)
  return {
    name: read('cookieName'),
    domain,
    sameSite: read('sameSite'),
    claims: read('claimsCookie') === 'on',
  }
}
