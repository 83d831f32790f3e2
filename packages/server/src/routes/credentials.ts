import { route } from '../http/route.ts'
import { late } from './late.ts'

// By `session`: for the user, never for a key of theirs (H42)
const own = { who: 'session' } as const

/** Routes of the tree of credentials: method and path, who may call and how often, endpoint. */
export const credentialsRoutes = [
  route(
    'GET /accounts/:id/credentials',
    { ...own, limit: { own: 'read', others: 'administration' }, fresh: false },
    late('getAccountCredentials'),
  ),
  route(
    'DELETE /accounts/:id/credentials/:credential',
    {
      ...own,
      limit: { own: 'ending', others: 'administration' },
      fresh: { when: 'in every case' },
    },
    late('deleteAccountCredential'),
  ),
]
