import { postAccounts } from '../endpoints/accounts/post-accounts.ts'
import { route } from '../http/route.ts'
import { late } from './late.ts'
import { admin } from './terms.ts'

const profile = { own: 'profile', others: 'administration' } as const

/** Routes of accounts: method and path, who may call and how often, endpoint. */
export const accountsRoutes = [
  route('POST /accounts', { who: 'own-origin', limit: 'signUp' }, postAccounts),
  route('GET /accounts/:id', { who: 'account', limit: 'read', fresh: false }, late('getAccount')),
  route(
    'PATCH /accounts/:id',
    {
      who: 'account',
      limit: profile,
      fresh: { when: 'for a status, and for another account' },
    },
    late('patchAccount'),
  ),
  route('GET /accounts', admin('keyhaven:accounts:read', { fresh: false }), late('getAccounts')),
  route(
    'PUT /accounts/:id/roles/:role',
    admin('keyhaven:roles:assign', { fresh: true }),
    late('putAccountRole'),
  ),
  route(
    'DELETE /accounts/:id/roles/:role',
    admin('keyhaven:roles:assign', { fresh: true }),
    late('deleteAccountRole'),
  ),
]
