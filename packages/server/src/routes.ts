import {
  deleteAccountRole,
  deleteAccountSessions,
  deleteToken,
  getAccountSessions,
  getAccounts,
  getAudit,
  getGuards,
  getTokens,
  putAccountRole,
} from './endpoints/administration.ts'
import { deleteSessionCurrent } from './endpoints/delete-session-current.ts'
import { deleteSession, deleteSessions } from './endpoints/delete-sessions.ts'
import { getAccount } from './endpoints/get-account.ts'
import { getHealthLive, getHealthReady } from './endpoints/get-health.ts'
import { getJwks } from './endpoints/get-jwks.ts'
import { openapiEndpoint } from './endpoints/get-openapi.ts'
import { getMetadata } from './endpoints/get-metadata.ts'
import { getMetrics } from './endpoints/get-metrics.ts'
import { getSessionEvents } from './endpoints/get-session-events.ts'
import { getSessions } from './endpoints/get-sessions.ts'
import { getUserCurrent } from './endpoints/get-user-current.ts'
import { getKeys, postKeys } from './endpoints/keys.ts'
import { patchAccount } from './endpoints/patch-account.ts'
import { postAccounts } from './endpoints/post-accounts.ts'
import { postSessionCurrentRenew } from './endpoints/post-session-current-renew.ts'
import { postSessions } from './endpoints/post-sessions.ts'
import { putPassword } from './endpoints/put-password.ts'
import { getRevocations, postApplied } from './endpoints/revocations.ts'
import { route } from './http/route.ts'

/** The whole API: method and path, who may call, what answers. */
const table = [
  route('POST /accounts', 'page', postAccounts),
  route('POST /sessions', 'page', postSessions),
  route('GET /user/current', 'own', getUserCurrent),
  route('POST /sessions/current/renew', 'session', postSessionCurrentRenew),
  route('DELETE /sessions/current', 'any', deleteSessionCurrent),
  route('GET /sessions/current/events', 'person', getSessionEvents),
  route('GET /sessions', 'person', getSessions),
  route('DELETE /sessions', 'person', deleteSessions),
  route('DELETE /sessions/:id', 'person', deleteSession),
  route('GET /accounts/:id', 'own', getAccount),
  route('PATCH /accounts/:id', 'own', patchAccount),
  route('PUT /accounts/:id/password', 'person', putPassword),

  route('GET /accounts', 'keyhaven:accounts:read', getAccounts),
  route('GET /accounts/:id/sessions', 'keyhaven:sessions:read', getAccountSessions),
  route('DELETE /accounts/:id/sessions', 'keyhaven:sessions:end', deleteAccountSessions),
  route('PUT /accounts/:id/roles/:role', 'keyhaven:roles:assign', putAccountRole),
  route('DELETE /accounts/:id/roles/:role', 'keyhaven:roles:assign', deleteAccountRole),
  route('GET /tokens', 'keyhaven:tokens:read', getTokens),
  route('DELETE /tokens/:jti', 'keyhaven:tokens:revoke', deleteToken),
  route('GET /audit', 'keyhaven:audit:read', getAudit),
  route('GET /guards', 'keyhaven:guards:read', getGuards),
  route('GET /keys', 'keyhaven:keys:rotate', getKeys),
  route('POST /keys', 'keyhaven:keys:rotate', postKeys),

  route('GET /revocations', 'guard', getRevocations),
  route('POST /revocations/applied', 'guard', postApplied),
  route('GET /metrics', 'guard', getMetrics),

  route('GET /.well-known/jwks.json', 'any', getJwks),
  route('GET /.well-known/oauth-authorization-server', 'any', getMetadata),
  route('GET /health/live', 'any', getHealthLive),
  route('GET /health/ready', 'any', getHealthReady),
]

/** The table, and its own description. */
export const routes = [...table, route('GET /openapi.json', 'any', openapiEndpoint(table))]
