import { getPublicSuffix } from 'tldts'

/** Whether strangers can have sub-domains of this domain: com, co.uk, but also fly.dev. */
export function isPublicSuffix(domain: string): boolean {
  return getPublicSuffix(domain, { allowPrivateDomains: true }) === domain
}
