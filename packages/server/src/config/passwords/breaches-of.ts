import { ConfigurationError } from '../configuration-error.ts'
import type { AllowedPlace } from './allowed-places.ts'

/** The range service of breached passwords, and private places that may be called. */
export interface BreachSettings {
  readonly url: string
  readonly allowPrivate: readonly AllowedPlace[]
}

interface Read {
  (name: 'breachCheck'): 'on' | 'off'
  (name: 'breachUrl'): string
  (name: 'allowPrivate'): readonly AllowedPlace[] | undefined
}

/**
 * Reads and checks the settings of the look-up together; `undefined` if it is off.
 * @throws ConfigurationError.
 */
export function breachesOf(read: Read, development: boolean): BreachSettings | undefined {
  if (read('breachCheck') === 'off') return undefined
  const url = read('breachUrl')
  if (!development && url.startsWith('http:')) {
    throw new ConfigurationError(
      'KEYHAVEN_BREACH_URL begins with http:, which is for development only: set it to an https URL.',
    )
  }
  return Object.freeze({ url, allowPrivate: Object.freeze(read('allowPrivate') ?? []) })
}
