import type { ReservedScope } from '@keyhaven/core/access'
import { none } from './config/limits.ts'
import { deleteAccountRole } from './endpoints/delete-account-role.ts'
import { deleteAccountSessions } from './endpoints/delete-account-sessions.ts'
import { deleteToken } from './endpoints/delete-token.ts'
import { getAccountSessions } from './endpoints/get-account-sessions.ts'
import { getAccounts } from './endpoints/get-accounts.ts'
import { getAudit } from './endpoints/get-audit.ts'
import { getGuards } from './endpoints/get-guards.ts'
import { getTokens } from './endpoints/get-tokens.ts'
import { putAccountRole } from './endpoints/put-account-role.ts'
import { deleteSessionCurrent } from './endpoints/delete-session-current.ts'
import { deleteSession } from './endpoints/delete-session.ts'
import { deleteSessions } from './endpoints/delete-sessions.ts'
import { getAccount } from './endpoints/get-account.ts'
import { getHealthLive } from './endpoints/get-health-live.ts'
import { getHealthReady } from './endpoints/get-health-ready.ts'
import { getJwks } from './endpoints/get-jwks.ts'
import { openapiEndpoint } from './endpoints/get-openapi.ts'
import { getMetadata } from './endpoints/get-metadata.ts'
import { getMetrics } from './endpoints/get-metrics.ts'
import { getSessionEvents } from './endpoints/get-session-events.ts'
import { getSessions } from './endpoints/get-sessions.ts'
import { getUserCurrent } from './endpoints/get-user-current.ts'
import { getKeys } from './endpoints/get-keys.ts'
import { postKeys } from './endpoints/post-keys.ts'
import { patchAccount } from './endpoints/patch-account.ts'
import { postAccounts } from './endpoints/post-accounts.ts'
import { postSessionCurrentRenew } from './endpoints/post-session-current-renew.ts'
import { postSessions } from './endpoints/post-sessions.ts'
import { putPassword } from './endpoints/put-password.ts'
import { getRevocations } from './endpoints/get-revocations.ts'
import { postApplied } from './endpoints/post-applied.ts'
import { route } from './http/route.ts'
import type { Route, Terms } from './http/route.ts'

// Calls without a limit, each with its reason
const current = none('It reads three rows by key, and pages call it whenever they are in doubt.')
const leaving = none('A sign-out must never wait. It ends a session once; repeats only read.')
const applied = none('It is kept in memory, and written once a second for all guards.')
const made = none('The answer is in memory, or rests on one read that all callers share.')
const ready = none(
  'It is one small read, and a small write every 3 s at most. A limit would take a healthy process from its balancer.',
)

const profile = { own: 'profile', others: 'administration' } as const

/** What a call of administration needs. */
function admin<S extends ReservedScope>(who: S): Terms<S, 'administration'> {
  return { who, limit: 'administration' }
}

/** The whole API: method and path, who may call and how often, what answers. */
export const routes: readonly Route[] = [
  route('POST /accounts', { who: 'page', limit: 'signUp' }, postAccounts),
  route('POST /sessions', { who: 'page', limit: 'signIn' }, postSessions),
  route('GET /user/current', { who: 'own', limit: current }, getUserCurrent),
  route(
    'POST /sessions/current/renew',
    { who: 'session', limit: 'renewal' },
    postSessionCurrentRenew,
  ),
  route('DELETE /sessions/current', { who: 'any', limit: leaving }, deleteSessionCurrent),
  route('GET /sessions/current/events', { who: 'person', limit: 'eventStreams' }, getSessionEvents),
  route('GET /sessions', { who: 'person', limit: 'read' }, getSessions),
  route('DELETE /sessions', { who: 'person', limit: 'ending' }, deleteSessions),
  route('DELETE /sessions/:id', { who: 'person', limit: 'ending' }, deleteSession),
  route('GET /accounts/:id', { who: 'own', limit: 'read' }, getAccount),
  route('PATCH /accounts/:id', { who: 'own', limit: profile }, patchAccount),
  route('PUT /accounts/:id/password', { who: 'person', limit: 'passwordChange' }, putPassword),

  route('GET /accounts', admin('keyhaven:accounts:read'), getAccounts),
  route('GET /accounts/:id/sessions', admin('keyhaven:sessions:read'), getAccountSessions),
  route('DELETE /accounts/:id/sessions', admin('keyhaven:sessions:end'), deleteAccountSessions),
  route('PUT /accounts/:id/roles/:role', admin('keyhaven:roles:assign'), putAccountRole),
  route('DELETE /accounts/:id/roles/:role', admin('keyhaven:roles:assign'), deleteAccountRole),
  route('GET /tokens', admin('keyhaven:tokens:read'), getTokens),
  route('DELETE /tokens/:jti', admin('keyhaven:tokens:revoke'), deleteToken),
  route('GET /audit', admin('keyhaven:audit:read'), getAudit),
  route('GET /guards', admin('keyhaven:guards:read'), getGuards),
  route('GET /keys', admin('keyhaven:keys:rotate'), getKeys),
  route('POST /keys', admin('keyhaven:keys:rotate'), postKeys),

  route('GET /revocations', { who: 'guard', limit: 'guardStreams' }, getRevocations),
  route('POST /revocations/applied', { who: 'guard', limit: applied }, postApplied),
  route('GET /metrics', { who: 'guard', limit: 'read' }, getMetrics),

  route('GET /.well-known/jwks.json', { who: 'any', limit: made }, getJwks),
  route('GET /.well-known/oauth-authorization-server', { who: 'any', limit: made }, getMetadata),
  route('GET /health/live', { who: 'any', limit: made }, getHealthLive),
  route('GET /health/ready', { who: 'any', limit: ready }, getHealthReady),
  route(
    'GET /openapi.json',
    { who: 'any', limit: made },
    openapiEndpoint(() => routes),
  ),
]
