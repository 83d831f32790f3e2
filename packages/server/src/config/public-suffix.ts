/**
 * Whether unrelated parties can register sub-domains of this domain, such as com, co.uk or fly.dev.
 */
export async function isPublicSuffix(domain: string): Promise<boolean> {
  const { getPublicSuffix } = await list()
  return getPublicSuffix(domain, { allowPrivateDomains: true }) === domain
}

/** Whether a browser sends `SameSite` cookies of one URL with requests from pages at the other. */
export async function isSameSite(one: URL, other: URL): Promise<boolean> {
  if (one.protocol !== other.protocol) return false
  const { getDomain } = await list()
  const [site, otherSite] = [one, other].map(
    ({ hostname }) => getDomain(hostname, { allowPrivateDomains: true }) ?? hostname,
  )
  return site === otherSite
}

/** 7 MB in memory, which a start reads only if a setting needs it. */
function list(): Promise<typeof import('tldts')> {
  return import('tldts')
}
