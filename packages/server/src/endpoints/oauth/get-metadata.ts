import { JWKS_PATH } from '@keyhaven/core/wire'
import type { Metadata } from '@keyhaven/core/wire'
import { openEndpoint } from '../../http/endpoint.ts'
import { metadataAnswer } from './schemas.ts'

/** The metadata of the authorization server (RFC 8414), with members for guards. */
export const getMetadata = openEndpoint({
  summary: 'Metadata of this service (RFC 8414).',
  answers: { 200: metadataAnswer },
  handle: ({ context, site }) => {
    const { issuer, access, lifetimes, maxStaleness } = context.settings
    const body: Metadata = {
      issuer,
      jwks_uri: issuer + JWKS_PATH,
      response_types_supported: [],
      scopes_supported: access.scopes,
      keyhaven_cookie: site.cookies,
      keyhaven_origins: site.origins.own.slice(1),
      keyhaven_bearer_origins: site.origins.bearer,
      keyhaven_max_staleness: maxStaleness,
      // A guard without a feed reports it at its start: revoked tokens stay valid there until they
      // expire
      keyhaven_access_ttl: lifetimes.accessTtl,
    }
    return { status: 200, body, headers: { 'cache-control': 'max-age=60' } }
  },
})
