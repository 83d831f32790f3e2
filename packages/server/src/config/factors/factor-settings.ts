import { isIP } from 'node:net'
import { isLoopback } from '@keyhaven/guard/kit'
import { ConfigurationError } from '../configuration-error.ts'
import { isPublicSuffix } from '../public-suffix.ts'

/** Which accounts need a second factor: none, those that hold a scope of the service, or all. */
export type FactorPolicy = 'optional' | 'staff' | 'required'

/** Second factors and passkeys. */
export interface FactorSettings {
  /** Which accounts need a second factor. */
  readonly policy: FactorPolicy
  /** The domain that passkeys belong to. */
  readonly rpId: string
  /** Origins whose pages may use passkeys: those of the service that are within that domain. */
  readonly origins: readonly string[]
  /** Whether pages at other ports of this machine may use them too, as in development. */
  readonly anyPort: boolean
}

interface Read {
  (name: 'secondFactor'): FactorPolicy
  (name: 'rpId'): string
  (name: 'allowedOrigins'): readonly string[] | undefined
}

/**
 * Reads and checks the settings of second factors together.
 * @throws ConfigurationError.
 */
export async function factorsOf(read: Read, url: URL): Promise<FactorSettings> {
  const rpId = read('rpId')
  await checkRpId(rpId, url)
  const all = [url.origin, ...(read('allowedOrigins') ?? [])]
  const origins = Object.freeze(all.filter((origin) => isWithin(new URL(origin).hostname, rpId)))
  return Object.freeze({
    policy: read('secondFactor'),
    rpId,
    origins,
    anyPort: isLoopback(url.hostname),
  })
}

/** Whether a page may use passkeys, by its origin (WA-1). */
export function isPasskeyOrigin(
  { rpId, origins, anyPort }: FactorSettings,
  origin: string,
): boolean {
  if (origins.includes(origin)) return true
  const url = anyPort ? URL.parse(origin) : null
  return url?.origin === origin && isLoopback(url.hostname) && isWithin(url.hostname, rpId)
}

/** Whether passkeys can belong to the service: browsers allow none for an IP address. */
export function allowsPasskeys({ rpId }: Pick<FactorSettings, 'rpId'>): boolean {
  return isIP(rpId.replace(/^\[|\]$/g, '')) === 0
}

/** A page may use passkeys of its own host and of its registrable parents (WebAuthn §5.1.2). */
async function checkRpId(rpId: string, { hostname }: URL): Promise<void> {
  if (rpId === hostname) return
  if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0 || !isWithin(hostname, rpId)) {
    throw new ConfigurationError(
      `KEYHAVEN_RP_ID ${rpId} is not a parent domain of ${hostname}: set it to the URL's host or a parent domain of it.`,
    )
  }
  if (await isPublicSuffix(rpId)) {
    throw new ConfigurationError(
      `KEYHAVEN_RP_ID ${rpId} is a public suffix, below which others can register domains: set it to a domain of your own.`,
    )
  }
}

function isWithin(hostname: string, domain: string): boolean {
  return hostname === domain || hostname.endsWith(`.${domain}`)
}
