import { KeyhavenError } from '@keyhaven/core/errors'
import { checkOrigin } from '@keyhaven/guard'
import type { GuardRequest } from '@keyhaven/guard'
import type { Site } from '../site.ts'

/** Requires a page of an allowed origin (CSRF-6). @throws KeyhavenError `csrf_failed`. */
export function requireOwnOrigin(request: GuardRequest, site: Site): void {
  const origin = checkOrigin(request, site.origins)
  if (origin.ok) return
  const { ok: _refused, ...seen } = origin
  throw new KeyhavenError('csrf_failed', { check: 'origin', ...seen })
}
