import { getMetadata } from '../endpoints/oauth/get-metadata.ts'
import { postToken } from '../endpoints/oauth/post-token.ts'
import { route } from '../http/route.ts'
import { made } from './terms.ts'

/** Routes of OAuth: method and path, who may call and how often, endpoint. */
export const oauthRoutes = [
  route('GET /.well-known/oauth-authorization-server', { who: 'any', limit: made }, getMetadata),
  route('POST /oauth/token', { who: 'client', limit: 'tokenRequests' }, postToken),
]
