import { getMetadata } from '../endpoints/oauth/get-metadata.ts'
import { postIntrospect } from '../endpoints/oauth/post-introspect.ts'
import { postRevoke } from '../endpoints/oauth/post-revoke.ts'
import { postToken } from '../endpoints/oauth/post-token.ts'
import { route } from '../http/route.ts'
import { made } from './terms.ts'

/** Routes of OAuth: method and path, who may call and how often, endpoint. */
export const oauthRoutes = [
  route('GET /.well-known/oauth-authorization-server', { who: 'any', limit: made }, getMetadata),
  route('POST /oauth/token', { who: 'client', limit: 'tokenRequests' }, postToken),
  route('POST /oauth/revoke', { who: 'client', limit: 'tokenRequests' }, postRevoke),
  route('POST /oauth/introspect', { who: 'client', limit: 'introspections' }, postIntrospect),
]
