import { deleteToken } from '../endpoints/tokens/delete-token.ts'
import { getTokens } from '../endpoints/tokens/get-tokens.ts'
import { route } from '../http/route.ts'
import { admin } from './terms.ts'

/** Calls of the domain `tokens`: method and path, who may call and how often, what answers. */
export const tokensRoutes = [
  route('GET /tokens', admin('keyhaven:tokens:read'), getTokens),
  route('DELETE /tokens/:jti', admin('keyhaven:tokens:revoke'), deleteToken),
]
