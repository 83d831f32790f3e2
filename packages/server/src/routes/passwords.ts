import { putPassword } from '../endpoints/passwords/put-password.ts'
import { route } from '../http/route.ts'

/** Routes of passwords: method and path, who may call and how often, endpoint. */
export const passwordsRoutes = [
  route('PUT /accounts/:id/password', { who: 'session', limit: 'passwordChange' }, putPassword),
]
