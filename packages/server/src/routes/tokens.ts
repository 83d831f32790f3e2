import { route } from '../http/route.ts'
import { late } from './late.ts'
import { admin } from './terms.ts'

/** Routes of issued tokens: method and path, who may call and how often, endpoint. */
export const tokensRoutes = [
  route('GET /tokens', admin('keyhaven:tokens:read', { fresh: false }), late('getTokens')),
  route(
    'DELETE /tokens/:jti',
    admin('keyhaven:tokens:revoke', { fresh: true }),
    late('deleteToken'),
  ),
]
