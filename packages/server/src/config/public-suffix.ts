import { getDomain, getPublicSuffix } from 'tldts'

/** Whether strangers can have sub-domains of this domain: com, co.uk, but also fly.dev. */
export function isPublicSuffix(domain: string): boolean {
  return getPublicSuffix(domain, { allowPrivateDomains: true }) === domain
}

/** Whether a browser sends `SameSite` cookies of one URL with requests of pages at the other. */
export function isSameSite(one: URL, other: URL): boolean {
  if (one.protocol !== other.protocol) return false
  const [site, otherSite] = [one, other].map(
    ({ hostname }) => getDomain(hostname, { allowPrivateDomains: true }) ?? hostname,
  )
  return site === otherSite
}
