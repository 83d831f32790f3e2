import { JWKS_PATH } from '@keyhaven/core/wire'
import type { Metadata } from '@keyhaven/core/wire'
import { openEndpoint } from '../../http/endpoint.ts'
import { metadataAnswer } from './schemas.ts'

/** What guards and other clients learn about this service (RFC 8414). */
export const getMetadata = openEndpoint({
  summary: 'What this service is and where (RFC 8414).',
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
      keyhaven_max_staleness: maxStaleness,
      // What a guard without a feed says of itself: a revocation counts there when the token ends
      keyhaven_access_ttl: lifetimes.accessTtl,
    }
    return { status: 200, body, headers: { 'cache-control': 'max-age=60' } }
  },
})
