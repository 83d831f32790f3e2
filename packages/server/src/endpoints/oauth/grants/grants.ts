import type { Grant } from './grant.ts'
import { clientCredentials } from './client-credentials.ts'

/** Every grant of the token endpoint, by its `grant_type`. */
export const grants: ReadonlyMap<string, Grant> = new Map([
  ['client_credentials', clientCredentials],
])
