import { route } from '../http/route.ts'
import { late } from './late.ts'
import { admin } from './terms.ts'

/** Routes of guards: method and path, who may call and how often, endpoint. */
export const guardsRoutes = [
  route('GET /guards', admin('keyhaven:guards:read', { fresh: false }), late('getGuards')),
]
