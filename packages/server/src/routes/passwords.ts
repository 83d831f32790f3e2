import { putPassword } from '../endpoints/passwords/put-password.ts'
import { route } from '../http/route.ts'

/** Calls of the domain `passwords`: method and path, who may call and how often, what answers. */
export const passwordsRoutes = [
  route('PUT /accounts/:id/password', { who: 'session', limit: 'passwordChange' }, putPassword),
]
