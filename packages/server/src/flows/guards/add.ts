import { KeyhavenError } from '@keyhaven/core/errors'
import type { Database } from '../../database/database.ts'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { sha256 } from '../../secrets/hashes/hash.ts'
import { newGuardKey, newId } from '../../secrets/random.ts'
import { findGuardByName, insertGuard } from '../../stores/guards.ts'
import { lockInstallation } from '../../stores/installation.ts'

/**
 * Makes a guard's key and returns it. Only its hash is stored, so this is the only time it can be
 * seen.
 */
export async function addGuard(database: Database, name: string, actor: Actor): Promise<string> {
  if (!/^[\w.-]{1,64}$/.test(name)) {
    const message = 'Use 1 to 64 letters, digits, dots, hyphens and underscores.'
    throw new KeyhavenError('invalid_request', { errors: [{ path: 'name', message }] })
  }
  const key = newGuardKey()
  const id = newId('grd')
  await database.transact(async (moment) => {
    const installation = await lockInstallation(moment.db)
    if ((await findGuardByName(moment.db, name)) !== undefined) {
      throw new KeyhavenError('conflict', {
        detail: `There is a guard ${name}: choose another name, or remove it first with \`keyhaven guards remove ${name}\`.`,
      })
    }
    const row = {
      id,
      name,
      key_hash: sha256(key),
      created_at: moment.now,
      audiences: null,
      origins: null,
      exchange_to: null,
    }
    await insertGuard(moment.db, installation, row)
    await happened(moment, 'guard.added', { actor, details: { guard: name } })
  })
  return key
}
