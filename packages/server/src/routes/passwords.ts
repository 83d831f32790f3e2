import { route } from '../http/route.ts'
import { late } from './late.ts'
import { admin } from './terms.ts'

// Else the current password in the body is a proof of its own
const fresh = { when: 'for an account with a second factor' } as const
const terms = { who: 'session', limit: 'passwordChange', fresh } as const

/** Routes of passwords: method and path, who may call and how often, endpoint. */
export const passwordsRoutes = [
  route('PUT /accounts/:id/password', terms, late('putPassword')),
  route(
    'POST /accounts/:id/password-reset',
    admin('keyhaven:accounts:write', { fresh: true }),
    late('postAccountPasswordReset'),
  ),
]
