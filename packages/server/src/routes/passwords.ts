import { putPassword } from '../endpoints/passwords/put-password.ts'
import { route } from '../http/route.ts'

// The current password in the body is a proof of its own
const terms = { who: 'session', limit: 'passwordChange', fresh: false } as const

/** Routes of passwords: method and path, who may call and how often, endpoint. */
export const passwordsRoutes = [route('PUT /accounts/:id/password', terms, putPassword)]
