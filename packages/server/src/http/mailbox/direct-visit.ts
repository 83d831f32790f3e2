import { isOwnVisit } from '@keyhaven/guard/kit'
import { isLoopbackHost } from '../../config/loopback-host.ts'
import type { ServiceRequest } from '../service-request.ts'
import type { Site } from '../site.ts'

/**
 * Whether a request came straight to the URL of this service, from this machine, from no page of
 * another site and through no proxy (H24). Another machine can send any `Host`.
 */
export function isDirectVisit(request: ServiceRequest, { issuer }: Pick<Site, 'issuer'>): boolean {
  const host = request.header('host')
  if (typeof host !== 'string' || host.toLowerCase() !== new URL(issuer).host) return false
  if (request.headerNames().some(isForwarded)) return false
  const { peer, address = peer } = request.transport
  if (address !== undefined && !isLoopbackHost(peer ?? address)) return false
  return isOwnVisit(request)
}

function isForwarded(name: string): boolean {
  return name === 'forwarded' || name.startsWith('x-forwarded-')
}
