import { INTROSPECT_PATH, JWKS_PATH, REVOKE_PATH, TOKEN_PATH } from '@keyhaven/core/wire'
import type { Metadata } from '@keyhaven/core/wire'
import { openEndpoint } from '../../http/endpoint.ts'
import { grants } from './grants/grants.ts'
import { metadataAnswer } from './schemas.ts'

/** How API keys, and clients without a secret, authenticate. */
const clientMethods = ['client_secret_basic', 'client_secret_post', 'none']

/** The metadata of the authorization server (RFC 8414), with members for guards. */
export const getMetadata = openEndpoint({
  summary: 'Metadata of this service (RFC 8414).',
  answers: { 200: metadataAnswer },
  handle: ({ context, site }) => {
    const { issuer, access, lifetimes, maxStaleness } = context.settings
    const body: Metadata = {
      issuer,
      jwks_uri: issuer + JWKS_PATH,
      token_endpoint: issuer + TOKEN_PATH,
      token_endpoint_auth_methods_supported: clientMethods,
      revocation_endpoint: issuer + REVOKE_PATH,
      revocation_endpoint_auth_methods_supported: clientMethods,
      introspection_endpoint: issuer + INTROSPECT_PATH,
      // A guard key is a bearer token; RFC 8414 §2 lets its scheme stand here
      introspection_endpoint_auth_methods_supported: ['Bearer'],
      response_types_supported: [],
      grant_types_supported: [...grants.keys()],
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
