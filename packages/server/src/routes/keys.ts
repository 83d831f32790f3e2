import { getJwks } from '../endpoints/keys/get-jwks.ts'
import { route } from '../http/route.ts'
import { late } from './late.ts'
import { admin, made } from './terms.ts'

/** Routes of signing keys: method and path, who may call and how often, endpoint. */
export const keysRoutes = [
  route('GET /keys', admin('keyhaven:keys:rotate', { fresh: false }), late('getKeys')),
  route('POST /keys', admin('keyhaven:keys:rotate', { fresh: true }), late('postKeys')),
  route('GET /.well-known/jwks.json', { who: 'any', limit: made }, getJwks),
]
