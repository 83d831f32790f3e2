import { deleteAccountRole } from '../endpoints/accounts/delete-account-role.ts'
import { getAccount } from '../endpoints/accounts/get-account.ts'
import { getAccounts } from '../endpoints/accounts/get-accounts.ts'
import { patchAccount } from '../endpoints/accounts/patch-account.ts'
import { postAccounts } from '../endpoints/accounts/post-accounts.ts'
import { putAccountRole } from '../endpoints/accounts/put-account-role.ts'
import { route } from '../http/route.ts'
import { admin } from './terms.ts'

const profile = { own: 'profile', others: 'administration' } as const

/** Routes of accounts: method and path, who may call and how often, endpoint. */
export const accountsRoutes = [
  route('POST /accounts', { who: 'own-origin', limit: 'signUp' }, postAccounts),
  route('GET /accounts/:id', { who: 'account', limit: 'read', fresh: false }, getAccount),
  route(
    'PATCH /accounts/:id',
    {
      who: 'account',
      limit: profile,
      fresh: { when: 'for a status, and for another account' },
    },
    patchAccount,
  ),
  route('GET /accounts', admin('keyhaven:accounts:read', { fresh: false }), getAccounts),
  route(
    'PUT /accounts/:id/roles/:role',
    admin('keyhaven:roles:assign', { fresh: true }),
    putAccountRole,
  ),
  route(
    'DELETE /accounts/:id/roles/:role',
    admin('keyhaven:roles:assign', { fresh: true }),
    deleteAccountRole,
  ),
]
