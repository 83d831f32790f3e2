import { getOpenapiEndpoint } from './endpoints/health/get-openapi.ts'
import { route } from './http/route.ts'
import type { Row } from './http/route.ts'
import { apiKeysRoutes } from './routes/api-keys.ts'
import { accountsRoutes } from './routes/accounts.ts'
import { auditRoutes } from './routes/audit.ts'
import { credentialsRoutes } from './routes/credentials.ts'
import { devicesRoutes } from './routes/devices.ts'
import { factorsRoutes } from './routes/factors.ts'
import { guardsRoutes } from './routes/guards.ts'
import { healthRoutes } from './routes/health.ts'
import { keysRoutes } from './routes/keys.ts'
import { oauthRoutes } from './routes/oauth.ts'
import { passwordsRoutes } from './routes/passwords.ts'
import { personalDataRoutes } from './routes/personal-data.ts'
import { recoveryRoutes } from './routes/recovery.ts'
import { revocationRoutes } from './routes/revocation.ts'
import { sessionsRoutes } from './routes/sessions.ts'
import { ticketsRoutes } from './routes/tickets.ts'
import { tokensRoutes } from './routes/tokens.ts'
import { made } from './routes/terms.ts'

/** The whole API: method and path, who may call and how often, endpoint. */
export const routes: readonly Row[] = [
  ...accountsRoutes,
  ...apiKeysRoutes,
  ...auditRoutes,
  ...credentialsRoutes,
  ...devicesRoutes,
  ...factorsRoutes,
  ...guardsRoutes,
  ...healthRoutes,
  ...keysRoutes,
  ...oauthRoutes,
  ...passwordsRoutes,
  ...personalDataRoutes,
  ...recoveryRoutes,
  ...revocationRoutes,
  ...sessionsRoutes,
  ...ticketsRoutes,
  ...tokensRoutes,
  route(
    'GET /openapi.json',
    { who: 'any', limit: made },
    getOpenapiEndpoint(() => routes),
  ),
]
