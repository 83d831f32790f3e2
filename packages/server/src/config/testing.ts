import { ConfigurationError } from './configuration-error.ts'
import { row } from './option-row.ts'
import { oneOf } from './parse.ts'

/** The setting that lets tests sign in without a password. */
export const testingOptions = {
  testing: row('KEYHAVEN_TESTING', 'off', {
    parse: oneOf('on', 'off'),
    sentence:
      'Whether tests may open sessions with the key in testing.key of the data folder, which is new at each start. In development only.',
  }),
} as const

/**
 * Whether tests may open sessions.
 * @throws ConfigurationError with one sentence in production (H24).
 */
export function testingOf(setting: 'on' | 'off', development: boolean): boolean {
  if (setting === 'on' && !development) {
    throw new ConfigurationError(
      'KEYHAVEN_TESTING is on, which is for development only: remove it, or set KEYHAVEN_URL to a URL of this machine, such as http://localhost:4000/auth.',
    )
  }
  return setting === 'on'
}
