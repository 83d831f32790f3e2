import { KeyhavenError } from '@keyhaven/core/errors'
import type { GuardRequest } from '@keyhaven/guard'
import { checkOrigin, namesSender } from '@keyhaven/guard/kit'
import type { Site } from '../site.ts'

/** Requires a page of an allowed origin (CSRF-6). @throws KeyhavenError `csrf_failed`. */
export function requireOwnOrigin(request: GuardRequest, site: Site): void {
  const origin = checkOrigin(request, site.origins)
  if (!origin.ok) throw new KeyhavenError('csrf_failed', origin.details)
}

/**
 * Refuses a page of another origin, and no request that names none.
 * @throws KeyhavenError `csrf_failed`.
 */
export function refuseForeignPage(request: GuardRequest, site: Site): void {
  if (namesSender(request)) requireOwnOrigin(request, site)
}
