import { isLoopback } from '@keyhaven/guard/kit'
import { ConfigurationError } from '../../config/configuration-error.ts'
import type { Settings } from '../../config/settings.ts'
import type { Database } from '../../database/database.ts'
import { factOf } from '../../stores/installation.ts'

/**
 * Stores the issuer at first start and refuses another one later, because tokens and `sub` contain
 * it. A URL that no setting names follows the port at the first start only.
 * @returns the stored issuer.
 * @throws ConfigurationError.
 */
export async function fixIssuer(
  database: Database,
  { issuer, issuerIsDefault }: Pick<Settings, 'issuer' | 'issuerIsDefault'>,
): Promise<string> {
  const fixed = await database.transact(({ db }) => factOf(db, 'issuer', issuer))
  if (fixed === issuer || (issuerIsDefault && isLoopback(new URL(fixed).hostname))) return fixed
  throw new ConfigurationError(
    `This database belongs to the issuer ${fixed}, but this start uses ${issuer} (KEYHAVEN_URL, or its default): set KEYHAVEN_URL=${fixed}, or use another database (KEYHAVEN_DATA or KEYHAVEN_DATABASE).`,
  )
}
