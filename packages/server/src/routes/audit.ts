import { route } from '../http/route.ts'
import { late } from './late.ts'
import { admin } from './terms.ts'

/** Routes of the audit log: method and path, who may call and how often, endpoint. */
export const auditRoutes = [
  route('GET /audit', admin('keyhaven:audit:read', { fresh: false }), late('getAudit')),
]
