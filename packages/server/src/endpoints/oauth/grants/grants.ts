import type { Grant } from './grant.ts'
import { clientCredentials } from './client-credentials.ts'
import { tokenExchange } from './token-exchange.ts'
import { refreshToken } from './refresh-token.ts'

/** Every grant of the token endpoint, by its `grant_type`. */
export const grants: ReadonlyMap<string, Grant> = new Map([
  ['client_credentials', clientCredentials],
  ['urn:ietf:params:oauth:grant-type:token-exchange', tokenExchange],
  ['refresh_token', refreshToken],
])
