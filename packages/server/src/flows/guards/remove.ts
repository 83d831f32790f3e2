import { KeyhavenError } from '@keyhaven/core/errors'
import type { Database } from '../../database/database.ts'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { deleteGuard, findGuardByName } from '../../stores/guards.ts'
import { lockInstallation } from '../../stores/installation.ts'
import { appendRevocations } from '../../stores/revocations.ts'
import type { Revocation } from '../../stores/revocations.ts'
import { entryLifeEnd } from '../../model/entry-life.ts'

/**
 * Removes a guard's key. Its open feeds end when each process reads this, within 250 ms. The
 * returned entry matches no token: a process that knows it removes the key again if a failover has
 * lost the removal.
 */
export async function removeGuard(
  database: Database,
  name: string,
  actor: Actor,
): Promise<readonly Revocation[]> {
  return database.append(async (moment) => {
    const { db, now } = moment
    const installation = await lockInstallation(db)
    const guard = await findGuardByName(db, name)
    if (guard === undefined) {
      throw new KeyhavenError('not_found', {
        detail: `There is no guard ${name}: find its name with \`keyhaven guards list\`.`,
      })
    }
    await deleteGuard(db, installation, guard.id)
    const effect = { what: 'guard', guard: guard.id } as const
    const until = entryLifeEnd(0, now)
    await happened(moment, 'guard.removed', { actor, details: { guard: name } })
    return appendRevocations(db, [
      { kind: 'client_id', id: guard.id, code: 'session_ended', until, effect },
    ])
  })
}
