import { getGuards } from '../endpoints/guards/get-guards.ts'
import { route } from '../http/route.ts'
import { admin } from './terms.ts'

/** Routes of guards: method and path, who may call and how often, endpoint. */
export const guardsRoutes = [
  route('GET /guards', admin('keyhaven:guards:read', { fresh: false }), getGuards),
]
