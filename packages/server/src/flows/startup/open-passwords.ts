import type { Settings } from '../../config/settings.ts'
import type { Database } from '../../database/database.ts'
import { createHashPool } from '../../secrets/hashes/hash-pool.ts'
import { createPasswords } from '../../secrets/hashes/passwords.ts'
import type { Peppers } from '../../secrets/pepper.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import { watchedPasswords } from '../../telemetry/watched-passwords.ts'
import type { Tools } from '../context.ts'
import { createBreachCheck } from '../passwords/breach-check.ts'
import { requirePeppers } from './require-peppers.ts'

interface Needs {
  readonly settings: Settings
  readonly database: Database
  readonly metrics: Metrics
  readonly log: Logger
  readonly peppers: Peppers
}

/**
 * What hashes, verifies and looks up the passwords of this process.
 * @throws ConfigurationError if a hash needs a pepper that is missing.
 */
export async function openPasswords({
  database,
  peppers,
  ...needs
}: Needs): Promise<Tools['passwords']> {
  await requirePeppers(database, peppers)
  const passwords = watchedPasswords(createPasswords(createHashPool(), peppers))
  return { ...passwords, ...createBreachCheck(needs) }
}
