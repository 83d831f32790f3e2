import type { ErrorDetails } from '@keyhaven/core/errors'
import { isLoopback } from './cookies.ts'
import { isSafe, single } from './request.ts'
import type { GuardRequest } from './request.ts'

/** The origins whose pages may send requests. */
export interface OriginPolicy {
  /** The public URL's origin and the allowed ones, exact. */
  readonly own: readonly string[]
  /** Native apps and pages of other sites, exact: they send bearer tokens, and cookies beside them are ignored. */
  readonly bearer: readonly string[]
  /** Development: any loopback origin too, if `Sec-Fetch-Site` is `same-origin`. */
  readonly development: boolean
}

/** Whether a page of an allowed origin sent a request; if not, the details of the refusal `csrf_failed`. */
export type OriginCheck =
  | { readonly ok: true }
  | { readonly ok: false; readonly details: ErrorDetails }

const ours: OriginCheck = { ok: true }

/**
 * The first check against cross-site request forgery: `Origin` and `Sec-Fetch-Site` (OWASP, Fetch
 * Metadata). A safe request passes with `none` too: the user typed the address.
 */
export function checkOrigin(request: GuardRequest, policy: OriginPolicy): OriginCheck {
  const origin = single(request, 'origin')
  const site = single(request, 'sec-fetch-site')
  // Most requests: an allowed page, in a browser that says that it is one
  if (typeof origin === 'string' && site === 'same-origin' && isListed(origin, policy)) return ours
  return passes(request, policy, { origin, site }) ? ours : foreign({ origin, site }, policy)
}

/** Whether a request names the origin of a native app, or of a page that holds bearer tokens. */
export function isBearerOrigin(request: GuardRequest, { bearer }: OriginPolicy): boolean {
  if (bearer.length === 0) return false
  const origin = single(request, 'origin')
  return typeof origin === 'string' && bearer.includes(origin)
}

/** The same for a web socket, which needs only `Origin`: browsers always send it, and no page can forge it. */
export function checkUpgradeOrigin(request: GuardRequest, policy: OriginPolicy): OriginCheck {
  const origin = single(request, 'origin')
  const site = single(request, 'sec-fetch-site')
  return typeof origin === 'string' && isOwn(origin, policy, site)
    ? ours
    : foreign({ origin, site }, policy)
}

interface Offered {
  readonly origin: string | null | undefined
  readonly site: string | null | undefined
}

function foreign({ origin, site }: Offered, policy: OriginPolicy): OriginCheck {
  const seen = { origin: origin ?? null, 'sec-fetch-site': site ?? null }
  const details = { check: 'origin', seen, hint: hintFor({ origin, site }, policy) } as const
  if (origin !== undefined || site !== undefined) return { ok: false, details }
  const detail = 'The request does not name the page that sent it. Send the header Origin.'
  return { ok: false, details: { ...details, detail } }
}

/** Whether no page of another site, nor of a sibling, sent a request, as far as its browser reports it. */
export function isOwnVisit(request: GuardRequest): boolean {
  const site = single(request, 'sec-fetch-site')
  return site === undefined || site === 'none' || site === 'same-origin'
}

/** Whether a request names its sender: every browser that is in use does. */
export function namesSender(request: GuardRequest): boolean {
  return request.header('origin') !== undefined || request.header('sec-fetch-site') !== undefined
}

/** One hint for each cause, as the remedy for one does not help with the others. */
function hintFor({ origin, site }: Offered, { own }: OriginPolicy): string {
  const [first = ''] = own
  if (origin === undefined && site === undefined) {
    return `The request has neither Origin nor Sec-Fetch-Site, so no page in a browser sent it: a program sends Origin: ${first}, or a bearer token instead of cookies.`
  }
  if (origin === undefined) {
    return 'The request has Sec-Fetch-Site without Origin: let proxies and extensions pass the header Origin.'
  }
  if (origin === 'null') {
    return `The browser sent Origin: null, as it does for sandboxed frames, files and Referrer-Policy: no-referrer: call from a page of ${first}.`
  }
  const known = origin === null ? undefined : URL.parse(origin)?.origin
  if (known === undefined || known !== origin) {
    return `The header Origin is not an origin: it must be one scheme, host and port, as ${first}.`
  }
  if (own.includes(known)) return 'Origin is allowed, but Sec-Fetch-Site contradicts it.'
  return `Pages of ${known} may not call: if it is yours, add it to KEYHAVEN_ALLOWED_ORIGINS.`
}

function passes(request: GuardRequest, policy: OriginPolicy, { origin, site }: Offered): boolean {
  if (origin === null) return false
  const allowed = origin !== undefined && isOwn(origin, policy, site)
  if (origin !== undefined && !allowed) return false
  switch (site) {
    case 'same-origin':
      return true
    case 'same-site':
    case 'cross-site':
      return allowed
    case 'none':
      return isSafe(request.method)
    default:
      // Absent, repeated or unknown: only the origin decides
      return allowed
  }
}

function isListed(origin: string, { own }: OriginPolicy): boolean {
  for (const one of own) if (one === origin) return true
  return false
}

function isOwn(origin: string, policy: OriginPolicy, site: unknown): boolean {
  return (
    isListed(origin, policy) ||
    (policy.development &&
      site === 'same-origin' &&
      isLoopbackOrigin(origin) &&
      !policy.bearer.includes(origin))
  )
}

function isLoopbackOrigin(origin: string): boolean {
  const url = URL.parse(origin)
  return url !== null && url.origin === origin && isLoopback(url.hostname)
}
