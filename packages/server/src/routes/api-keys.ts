import { deleteAccountApiKey } from '../endpoints/api-keys/delete-account-api-key.ts'
import { deleteApiKey } from '../endpoints/api-keys/delete-api-key.ts'
import { getAccountApiKeys } from '../endpoints/api-keys/get-account-api-keys.ts'
import { getApiKeys } from '../endpoints/api-keys/get-api-keys.ts'
import { postApiKeys } from '../endpoints/api-keys/post-api-keys.ts'
import { route } from '../http/route.ts'
import { admin } from './terms.ts'

/** Routes of API keys: method and path, who may call and how often, endpoint. */
export const apiKeysRoutes = [
  route('POST /api-keys', { who: 'session', limit: 'apiKeys', fresh: true }, postApiKeys),
  route('GET /api-keys', { who: 'session', limit: 'read', fresh: false }, getApiKeys),
  route('DELETE /api-keys/:id', { who: 'session', limit: 'ending', fresh: false }, deleteApiKey),
  route(
    'GET /accounts/:id/api-keys',
    admin('keyhaven:accounts:read', { fresh: false }),
    getAccountApiKeys,
  ),
  route(
    'DELETE /accounts/:id/api-keys/:key',
    admin('keyhaven:sessions:end', { fresh: true }),
    deleteAccountApiKey,
  ),
]
