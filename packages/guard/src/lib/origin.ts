import { isLoopback } from './cookies.ts'
import { isSafe, single } from './request.ts'
import type { GuardRequest } from './request.ts'

/** Which pages may send a browser's requests. */
export interface OriginPolicy {
  /** The public URL's origin and the allowed ones, exact. */
  readonly own: readonly string[]
  /** Development: any loopback origin too, where the browser says `same-origin`. */
  readonly development: boolean
}

/** Whether our own page sent a request; `seen` is what it said of its origin. */
export type OriginCheck =
  | { readonly ok: true }
  | { readonly ok: false; readonly seen: Readonly<Record<string, string | null>> }

const ours: OriginCheck = { ok: true }

/**
 * The first check against cross-site request forgery: `Origin` and `Sec-Fetch-Site` (OWASP, Fetch
 * Metadata). A safe request passes with `none` too: a person typed the address.
 */
export function checkOrigin(request: GuardRequest, policy: OriginPolicy): OriginCheck {
  const origin = single(request, 'origin')
  const site = single(request, 'sec-fetch-site')
  return passes(request, policy, { origin, site })
    ? ours
    : { ok: false, seen: { origin: origin ?? null, 'sec-fetch-site': site ?? null } }
}

/** A web socket passes by `Origin` alone: browsers always send it, and no page can forge it. */
export function checkUpgradeOrigin(request: GuardRequest, policy: OriginPolicy): OriginCheck {
  const origin = single(request, 'origin')
  const site = single(request, 'sec-fetch-site')
  return typeof origin === 'string' && isOwn(origin, policy, site)
    ? ours
    : { ok: false, seen: { origin: origin ?? null, 'sec-fetch-site': site ?? null } }
}

interface Offered {
  readonly origin: string | null | undefined
  readonly site: string | null | undefined
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
      // Absent, repeated or unknown to us: the origin alone decides
      return allowed
  }
}

function isOwn(origin: string, { own, development }: OriginPolicy, site: unknown): boolean {
  if (own.includes(origin)) return true
  return development && site === 'same-origin' && isLoopbackOrigin(origin)
}

function isLoopbackOrigin(origin: string): boolean {
  const url = URL.parse(origin)
  return url !== null && url.origin === origin && isLoopback(url.hostname)
}
