import { getAudit } from '../endpoints/audit/get-audit.ts'
import { route } from '../http/route.ts'
import { admin } from './terms.ts'

/** Calls of the domain `audit`: method and path, who may call and how often, what answers. */
export const auditRoutes = [route('GET /audit', admin('keyhaven:audit:read'), getAudit)]
