import { ConfigurationError } from '../../config/configuration-error.ts'
import type { Database } from '../../database/database.ts'
import type { Peppers } from '../../secrets/pepper.ts'
import { hashPrefix } from '../../secrets/hashes/stored-hash.ts'
import { countHashes } from '../../stores/account-facts.ts'
import { findUsedPeppers, lockInstallation, noteUsedPepper } from '../../stores/installation.ts'

/**
 * Requires every pepper that a stored hash needs, and notes the current one before anything is
 * hashed with it. Hashes are searched only for a noted pepper that this process does not have.
 * @throws ConfigurationError if one is missing.
 */
export async function requirePeppers(database: Database, { all }: Peppers): Promise<void> {
  const used = await database.read(({ db }) => findUsedPeppers(db))
  for (const id of used) {
    if (all.some((pepper) => pepper.id === id)) continue
    const count = await database.read(({ db }) => countHashes(db, hashPrefix(id)))
    if (count > 0) throw new ConfigurationError(missing(id, count))
  }
  const [current] = all
  if (current === undefined || used.includes(current.id)) return
  await database.transact(async ({ db }) =>
    noteUsedPepper(db, await lockInstallation(db), current.id),
  )
}

function missing(id: string, count: number): string {
  const hashes = count === 1 ? '1 password was' : `${count} passwords were`
  return `${hashes} hashed with the pepper ${id}, which is not in KEYHAVEN_PEPPER_FILE: set it to the file with this pepper, or restore the file from your backup.`
}
