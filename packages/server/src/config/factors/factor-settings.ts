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
}

interface Read {
  (name: 'secondFactor'): FactorPolicy
  (name: 'rpId'): string
}

/**
 * Reads and checks the settings of second factors together.
 * @throws ConfigurationError.
 */
export async function factorsOf(read: Read, url: URL): Promise<FactorSettings> {
  const rpId = read('rpId')
  await checkRpId(rpId, url)
  return Object.freeze({ policy: read('secondFactor'), rpId })
}

/** A page may use passkeys of its own host and of its registrable parents (WebAuthn §5.1.2). */
async function checkRpId(rpId: string, { hostname }: URL): Promise<void> {
  if (rpId === hostname) return
  if (!hostname.endsWith(`.${rpId}`)) {
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
