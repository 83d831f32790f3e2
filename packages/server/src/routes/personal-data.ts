import { none } from '../config/limits.ts'
import { route } from '../http/route.ts'
import { late } from './late.ts'
import { admin } from './terms.ts'

const personal = { own: 'profile', others: 'administration' } as const

/** Routes of erasure and export: method and path, who may call and how often, endpoint. */
export const personalDataRoutes = [
  // By `session`: for the user, never for a key of theirs (H42)
  route(
    'DELETE /accounts/:id',
    { who: 'session', limit: personal, fresh: { when: 'in every case' } },
    late('deleteAccount'),
  ),
  route(
    'GET /accounts/:id/export',
    { who: 'session', limit: personal, fresh: { when: 'in every case' } },
    late('getAccountExport'),
  ),
  route(
    'DELETE /accounts/:id/erasure',
    admin('keyhaven:accounts:write', { fresh: true }),
    late('deleteAccountErasure'),
  ),
  route(
    'POST /account-erasures/undo',
    { who: 'own-origin', limit: none('A wrong token costs one read by key.') },
    late('postAccountErasuresUndo'),
  ),
]
