import { randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { ConfigurationError } from '../../config/configuration-error.ts'
import type { Database } from '../../database/database.ts'
import { hmacKey } from '../../secrets/hashes/hash.ts'
import type { KeyBox } from '../../secrets/key-box.ts'
import { beginChain, findHead } from '../../stores/audit/audit-chain.ts'
import { lockInstallation } from '../../stores/installation.ts'
import { putServiceKey, serviceKeys } from '../../stores/keys.ts'

/**
 * Opens the key that seals the audit log with the master key; at first start it creates the key and
 * begins the chain.
 * @throws ConfigurationError if the database has lost it.
 */
export async function openAuditKey(database: Database, box: KeyBox): Promise<KeyObject> {
  const secret = await database.transact(async ({ db }) => {
    const installation = await lockInstallation(db)
    const known = (await serviceKeys(db)).get('audit')
    if (known !== undefined) return box.openSecret('audit', known)
    // A new key would hide the loss of the old one, and changes made with it
    if ((await findHead(db)) !== undefined) throw new ConfigurationError(lost)
    const made = randomBytes(32)
    const sealed = box.sealSecret('audit', made)
    await putServiceKey(db, installation, { name: 'audit', sealed })
    await beginChain(db, installation)
    return made
  })
  return hmacKey(secret)
}

const lost =
  'The database has lost keys of this installation, that of the audit log among them: restore it from a backup, or set KEYHAVEN_DATA to an empty folder to start over.'
