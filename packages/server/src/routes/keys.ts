import { getJwks } from '../endpoints/keys/get-jwks.ts'
import { getKeys } from '../endpoints/keys/get-keys.ts'
import { postKeys } from '../endpoints/keys/post-keys.ts'
import { route } from '../http/route.ts'
import { admin, made } from './terms.ts'

/** Routes of signing keys: method and path, who may call and how often, endpoint. */
export const keysRoutes = [
  route('GET /keys', admin('keyhaven:keys:rotate', { fresh: false }), getKeys),
  route('POST /keys', admin('keyhaven:keys:rotate', { fresh: true }), postKeys),
  route('GET /.well-known/jwks.json', { who: 'any', limit: made }, getJwks),
]
