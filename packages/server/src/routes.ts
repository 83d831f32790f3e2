import { deleteSessionCurrent } from './endpoints/delete-session-current.ts'
import { getHealthLive, getHealthReady } from './endpoints/get-health.ts'
import { getJwks } from './endpoints/get-jwks.ts'
import { getMetadata } from './endpoints/get-metadata.ts'
import { getUserCurrent } from './endpoints/get-user-current.ts'
import { postAccounts } from './endpoints/post-accounts.ts'
import { postSessionCurrentRenew } from './endpoints/post-session-current-renew.ts'
import { postSessions } from './endpoints/post-sessions.ts'
import { route } from './http/route.ts'

/** The whole API: method and path, who may call, what answers. */
export const routes = [
  route('POST /accounts', 'page', postAccounts),
  route('POST /sessions', 'page', postSessions),
  route('GET /user/current', 'own', getUserCurrent),
  route('POST /sessions/current/renew', 'session', postSessionCurrentRenew),
  route('DELETE /sessions/current', 'any', deleteSessionCurrent),
  route('GET /.well-known/jwks.json', 'any', getJwks),
  route('GET /.well-known/oauth-authorization-server', 'any', getMetadata),
  route('GET /health/live', 'any', getHealthLive),
  route('GET /health/ready', 'any', getHealthReady),
]
