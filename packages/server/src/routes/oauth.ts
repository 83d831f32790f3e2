import { getMetadata } from '../endpoints/oauth/get-metadata.ts'
import { route } from '../http/route.ts'
import { late } from './late.ts'
import { made } from './terms.ts'

/** Routes of OAuth: method and path, who may call and how often, endpoint. */
export const oauthRoutes = [
  route('GET /.well-known/oauth-authorization-server', { who: 'any', limit: made }, getMetadata),
  route('POST /oauth/token', { who: 'client', limit: 'tokenRequests' }, late('postToken')),
  route('POST /oauth/revoke', { who: 'client', limit: 'tokenRequests' }, late('postRevoke')),
  route(
    'POST /oauth/introspect',
    { who: 'client', limit: 'introspections' },
    late('postIntrospect'),
  ),
]
