import { getMetadata } from '../endpoints/oauth/get-metadata.ts'
import { route } from '../http/route.ts'
import { made } from './terms.ts'

/** Routes of OAuth metadata: method and path, who may call and how often, endpoint. */
export const oauthRoutes = [
  route('GET /.well-known/oauth-authorization-server', { who: 'any', limit: made }, getMetadata),
]
