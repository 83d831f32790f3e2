import { deleteToken } from '../endpoints/tokens/delete-token.ts'
import { getTokens } from '../endpoints/tokens/get-tokens.ts'
import { route } from '../http/route.ts'
import { admin } from './terms.ts'

/** Routes of issued tokens: method and path, who may call and how often, endpoint. */
export const tokensRoutes = [
  route('GET /tokens', admin('keyhaven:tokens:read', { fresh: false }), getTokens),
  route('DELETE /tokens/:jti', admin('keyhaven:tokens:revoke', { fresh: true }), deleteToken),
]
