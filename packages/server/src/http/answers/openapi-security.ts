import { XSRF_HEADER } from '@keyhaven/core/wire'
import { isSafe } from '@keyhaven/guard/kit'
import type { ClientKind } from '../oauth/client.ts'
import { isOAuth } from '../oauth/oauth-endpoint.ts'
import type { Route } from '../route.ts'
import type { Site } from '../site.ts'

/** The security schemes, by the names that operations use. */
export function securitySchemes({ cookies, opaque }: Pick<Site, 'cookies' | 'opaque'>): object {
  const { access, session } = cookies
  return {
    sessionCookie: {
      type: 'apiKey',
      in: 'cookie',
      name: session,
      description: 'Set at sign-in. Renews the access token.',
    },
    ...(!opaque && {
      accessCookie: {
        type: 'apiKey',
        in: 'cookie',
        name: access,
        description: 'The access token of a browser.',
      },
    }),
    xsrfToken: {
      type: 'apiKey',
      in: 'header',
      name: XSRF_HEADER,
      description:
        'The `xsrfToken` of the session view, required with cookies on every call that changes something. Such a call must also come from an allowed origin (`Origin`, `Sec-Fetch-Site`).',
    },
    accessToken: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'The access token of a user’s session.',
    },
    apiKey: {
      type: 'http',
      scheme: 'basic',
      description: 'An API key: its `id` is the user, its `secret` the password.',
    },
    apiKeyBearer: {
      type: 'http',
      scheme: 'bearer',
      description: 'The same API key as one text, its `key`; or a token that was issued to it.',
    },
    machineKey: {
      type: 'http',
      scheme: 'bearer',
      description: 'The key that `keyhaven machines add` printed.',
    },
    guardKey: {
      type: 'http',
      scheme: 'bearer',
      description: 'The key that `keyhaven guards add` printed.',
    },
    testingKey: {
      type: 'http',
      scheme: 'bearer',
      description: 'The key in `testing.key` of the data folder, new at each start in development.',
    },
  }
}

/** The security requirements of an operation: any one of these, each with all its members. */
export function openapiSecurityOf(
  { who, method, endpoint }: Pick<Route, 'who' | 'method' | 'endpoint'>,
  opaque: boolean,
): readonly object[] {
  if (who === 'any' || who === 'own-origin') return []
  if (who === 'guard') return [{ guardKey: [] }]
  if (who === 'testing') return [{ testingKey: [] }]
  if (isOAuth(endpoint)) return endpoint.clients.flatMap((kind) => schemesOfClient[kind])
  const { admits } = endpoint
  const scopes = who.startsWith('keyhaven:') ? [who] : []
  const beside = isSafe(method) ? {} : { xsrfToken: [] }
  const bySession = { sessionCookie: scopes, ...beside }
  if (who === 'session-cookie') return [bySession]
  const byToken = opaque ? [] : [{ accessCookie: scopes, ...beside }]
  const byKey = admits === 'keys' || admits === 'all' ? [{ apiKey: [] }, { apiKeyBearer: [] }] : []
  const byMachine = admits === 'machines' || admits === 'all' ? [{ machineKey: scopes }] : []
  return [bySession, ...byToken, { accessToken: scopes }, ...byKey, ...byMachine]
}

/** How clients authenticate besides with the parameters `client_id` and `client_secret`. */
const schemesOfClient: Readonly<Record<ClientKind, readonly object[]>> = {
  key: [{ apiKey: [] }],
  guard: [{ guardKey: [] }],
  public: [{}],
  none: [],
}
