import type { KnownSources } from '../checks/decision.ts'

/** What a guard reads from an issuer's metadata (RFC 8414). Times are seconds. */
export interface MetadataFacts {
  readonly sources: Omit<KnownSources, 'keys'>
  readonly accessTtl: number | undefined
  readonly maxStaleness: number | undefined
  readonly scopes: readonly string[] | undefined
}

/**
 * Reads the metadata document of a Keyhaven service.
 * @throws Error with a sentence for the log if it is not one.
 */
export function metadataFacts(
  metadata: Readonly<Record<string, unknown>>,
  issuer: string,
  development: boolean,
): MetadataFacts {
  return {
    sources: {
      cookies: cookiesOf(metadata['keyhaven_cookie']),
      origins: {
        own: originsOf(issuer, metadata['keyhaven_origins']),
        // A service before native sign-in has none
        bearer: textsOf(metadata['keyhaven_bearer_origins']) ?? [],
        development,
      },
    },
    accessTtl: numberOf(metadata['keyhaven_access_ttl']),
    maxStaleness: numberOf(metadata['keyhaven_max_staleness']),
    scopes: textsOf(metadata['scopes_supported']),
  }
}

function cookiesOf(value: unknown): KnownSources['cookies'] {
  const { access, session } = (value ?? {}) as Record<string, unknown>
  if (typeof access !== 'string' || typeof session !== 'string') {
    throw new Error('its metadata has no keyhaven_cookie: is it a Keyhaven service?')
  }
  return { access, session }
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined
}

function originsOf(issuer: string, value: unknown): string[] {
  return [new URL(issuer).origin, ...(textsOf(value) ?? [])]
}

function textsOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : undefined
}
