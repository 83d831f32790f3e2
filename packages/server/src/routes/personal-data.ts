import { none } from '../config/limits.ts'
import { deleteAccountErasure } from '../endpoints/personal-data/delete-account-erasure.ts'
import { deleteAccount } from '../endpoints/personal-data/delete-account.ts'
import { getAccountExport } from '../endpoints/personal-data/get-account-export.ts'
import { postAccountErasuresUndo } from '../endpoints/personal-data/post-account-erasures-undo.ts'
import { route } from '../http/route.ts'
import { admin } from './terms.ts'

const personal = { own: 'profile', others: 'administration' } as const

/** Routes of erasure and export: method and path, who may call and how often, endpoint. */
export const personalDataRoutes = [
  // By `session`: for the user, never for a key of theirs (H42)
  route(
    'DELETE /accounts/:id',
    { who: 'session', limit: personal, fresh: { when: 'in every case' } },
    deleteAccount,
  ),
  route(
    'GET /accounts/:id/export',
    { who: 'session', limit: personal, fresh: { when: 'in every case' } },
    getAccountExport,
  ),
  route(
    'DELETE /accounts/:id/erasure',
    admin('keyhaven:accounts:write', { fresh: true }),
    deleteAccountErasure,
  ),
  route(
    'POST /account-erasures/undo',
    { who: 'own-origin', limit: none('A wrong token costs one read by key.') },
    postAccountErasuresUndo,
  ),
]
