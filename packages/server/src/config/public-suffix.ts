import { getDomain, getPublicSuffix } from 'tldts'

/**
 * Whether unrelated parties can register sub-domains of this domain, such as com, co.uk or fly.dev.
 */
export function isPublicSuffix(domain: string): boolean {
  return getPublicSuffix(domain, { allowPrivateDomains: true }) === domain
}

/** Whether a browser sends `SameSite` cookies of one URL with requests from pages at the other. */
export function isSameSite(one: URL, other: URL): boolean {
  if (one.protocol !== other.protocol) return false
  const [site, otherSite] = [one, other].map(
    ({ hostname }) => getDomain(hostname, { allowPrivateDomains: true }) ?? hostname,
  )
  return site === otherSite
}
