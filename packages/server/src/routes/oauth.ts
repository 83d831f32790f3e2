import { getMetadata } from '../endpoints/oauth/get-metadata.ts'
import { route } from '../http/route.ts'
import { made } from './terms.ts'

/** Calls of the domain `oauth`: method and path, who may call and how often, what answers. */
export const oauthRoutes = [
  route('GET /.well-known/oauth-authorization-server', { who: 'any', limit: made }, getMetadata),
]
