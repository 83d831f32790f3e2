import { ConfigurationError } from '../configuration-error.ts'
import { isPublicSuffix } from '../public-suffix.ts'

/**
 * Checks that a domain may be that of a cookie of this URL.
 * @throws ConfigurationError with what to set instead.
 */
export async function checkCookieDomain(
  domain: string,
  { hostname, protocol }: URL,
): Promise<void> {
  if (hostname !== domain && !hostname.endsWith(`.${domain}`)) {
    throw new ConfigurationError(
      `KEYHAVEN_COOKIE_DOMAIN ${domain} is not a parent domain of ${hostname}: set it to a parent domain of the URL's host.`,
    )
  }
  if (protocol !== 'https:') {
    throw new ConfigurationError(
      'KEYHAVEN_COOKIE_DOMAIN needs an https URL: set KEYHAVEN_URL to one, or leave it out.',
    )
  }
  if (await isPublicSuffix(domain)) {
    throw new ConfigurationError(
      `KEYHAVEN_COOKIE_DOMAIN ${domain} is a public suffix, below which others can register domains: set it to a domain of your own.`,
    )
  }
}
