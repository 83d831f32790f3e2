import { KeyhavenError } from '@keyhaven/core/errors'
import { isBearerOrigin, namesSender } from '@keyhaven/guard/kit'
import type { TokenMembers } from '../bodies/token-members.ts'
import type { ServiceRequest } from '../service-request.ts'
import type { Site } from '../site.ts'
import { requireOwnOrigin } from './own-origin.ts'

/**
 * Whether a way in answers with tokens in the body, for an app or a listed page of another site, instead of
 * cookies. A caller that names no origin is no page.
 * @throws KeyhavenError `credential_not_allowed` for any other page that asks for tokens, also an own one: its
 * scripts must never get them; `csrf_failed` for one that asks for cookies.
 */
export function isBearerCall(site: Site, request: ServiceRequest, body: unknown): boolean {
  const { transport, attempt } = (body ?? {}) as TokenMembers
  if (transport === undefined && attempt === undefined) {
    requireOwnOrigin(request, site)
    return false
  }
  if (mayHoldTokens(site, request)) return true
  throw new KeyhavenError('credential_not_allowed', {
    reason: 'a page that is in neither KEYHAVEN_NATIVE_ORIGINS nor KEYHAVEN_BEARER_ORIGINS',
  })
}

/** Refuses a page that may call neither with cookies nor with tokens. @throws KeyhavenError `csrf_failed`. */
export function refuseOtherPage(site: Site, request: ServiceRequest): void {
  if (!mayHoldTokens(site, request)) requireOwnOrigin(request, site)
}

function mayHoldTokens(site: Site, request: ServiceRequest): boolean {
  return isBearerOrigin(request, site.origins) || !namesSender(request)
}

/** The call of an app as flows read it: what it has begun counts as its only cookie. */
export function asBearerCall(site: Site, request: ServiceRequest, body: unknown): ServiceRequest {
  const { attempt } = (body ?? {}) as TokenMembers
  return withCookie(request, attempt === undefined ? undefined : `${site.flowCookie}=${attempt}`)
}

/** Ignores the cookies beside the origin of an app, or of a page that holds bearer tokens (H25). */
export function withoutForeignCookies(site: Site, request: ServiceRequest): ServiceRequest {
  return isBearerOrigin(request, site.origins) ? withCookie(request, undefined) : request
}

function withCookie(request: ServiceRequest, cookie: string | undefined): ServiceRequest {
  const { method, url, path, query, transport } = request
  return {
    method,
    url,
    path,
    query,
    transport,
    header: (name) => (name === 'cookie' ? cookie : request.header(name)),
    headerNames: () => request.headerNames().filter((name) => name !== 'cookie'),
    read: (most) => request.read(most),
    peer: () => request.peer?.(),
  }
}
