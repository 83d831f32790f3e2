import { ConfigurationError } from '../configuration-error.ts'
import type { AllowedPlace } from './allowed-places.ts'

/** The range service of breached passwords, and private places that may be called. */
export interface BreachSettings {
  readonly url: string
  readonly allowPrivate: readonly AllowedPlace[]
}

/**
 * Checks the settings of the look-up together.
 * @throws ConfigurationError.
 */
export function checkBreaches(
  url: string,
  allowPrivate: readonly AllowedPlace[] = [],
  development: boolean,
): BreachSettings {
  if (!development && url.startsWith('http:')) {
    throw new ConfigurationError(
      'KEYHAVEN_BREACH_URL begins with http:, which is for development only: set it to an https URL.',
    )
  }
  return Object.freeze({ url, allowPrivate: Object.freeze(allowPrivate) })
}
