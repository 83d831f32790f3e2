import { route } from '../http/route.ts'
import { late } from './late.ts'
import { admin } from './terms.ts'

/** Routes of API keys: method and path, who may call and how often, endpoint. */
export const apiKeysRoutes = [
  route('POST /api-keys', { who: 'session', limit: 'apiKeys', fresh: true }, late('postApiKeys')),
  route('GET /api-keys', { who: 'session', limit: 'read', fresh: false }, late('getApiKeys')),
  route(
    'DELETE /api-keys/:id',
    { who: 'session', limit: 'ending', fresh: false },
    late('deleteApiKey'),
  ),
  route(
    'GET /accounts/:id/api-keys',
    admin('keyhaven:accounts:read', { fresh: false }),
    late('getAccountApiKeys'),
  ),
  route(
    'DELETE /accounts/:id/api-keys/:key',
    admin('keyhaven:sessions:end', { fresh: true }),
    late('deleteAccountApiKey'),
  ),
]
