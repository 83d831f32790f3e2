import { ConfigurationError } from './configuration-error.ts'
import type { Lifetimes } from './lifetimes.ts'

/** Requires that the lives fit each other. @throws ConfigurationError. */
export function checkedLifetimes(lifetimes: Lifetimes): Lifetimes {
  if (lifetimes.accessTtl > 86_400) {
    throw new ConfigurationError(
      'KEYHAVEN_ACCESS_TTL must be at most 24h: APIs reject tokens with longer lives.',
    )
  }
  if (lifetimes.idle < lifetimes.accessTtl) {
    throw new ConfigurationError(
      'KEYHAVEN_IDLE must not be shorter than KEYHAVEN_ACCESS_TTL: raise one or lower the other.',
    )
  }
  return Object.freeze(lifetimes)
}
