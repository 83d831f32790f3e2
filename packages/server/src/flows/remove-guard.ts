import { KeyhavenError } from '@keyhaven/core/errors'
import type { Database } from '../database/database.ts'
import { record } from '../events.ts'
import type { Actor } from '../events.ts'
import { deleteGuard, findGuardByName } from '../stores/guards.ts'
import { bumpFact } from '../stores/installation.ts'

/** Removes a guard's key. Its open feeds end as every process reads of it: within 250 ms. */
export async function removeGuard(database: Database, name: string, actor: Actor): Promise<void> {
  await database.transact(async (moment) => {
    const guard = await findGuardByName(moment.db, name)
    if (guard === undefined) {
      throw new KeyhavenError('not_found', { detail: `There is no guard ${name}: list them.` })
    }
    await deleteGuard(moment.db, guard.id)
    await bumpFact(moment.db, 'guards')
    await record(moment, 'guard.removed', { actor, details: { guard: name } })
  })
}
