import { KeyhavenError } from '@keyhaven/core/errors'
import type { Database, Moment } from '../../database/database.ts'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { appendRevocations } from '../../stores/revocations.ts'
import type { NewRevocation, Revocation } from '../../stores/revocations.ts'
import { entryLifeEnd } from '../../model/entry-life.ts'
import { deleteMachine, lockMachineByName, machinesAfter } from '../../stores/machines.ts'

/** A machine to remove, and why. */
interface Removal {
  readonly name: string
  readonly reason?: string | undefined
}

/** Machines that are removed in one transaction. */
const BATCH = 100

/**
 * Removes a machine. Every call looks its key up, so the key is dead at once. The returned entry matches no
 * token: a process that knows it removes the machine again if a failover has lost the removal.
 * @throws KeyhavenError `not_found`.
 */
export async function removeMachine(
  database: Database,
  removal: Removal,
  actor: Actor,
): Promise<readonly Revocation[]> {
  const entries = await database.append((moment) => remove(moment, [removal], actor))
  if (entries.length > 0) return entries
  throw new KeyhavenError('not_found', {
    detail: `There is no machine ${removal.name}: find its name with \`keyhaven machines list\`.`,
  })
}

/** Removes every machine, after a restore. @returns how many. */
export async function removeAllMachines(database: Database, actor: Actor): Promise<number> {
  const reason = 'the database was restored'
  for (let count = 0; ; ) {
    const { length } = await database.append(async (moment) => {
      const machines = await machinesAfter(moment.db, undefined, BATCH)
      const removals = machines.map(({ name }) => ({ name, reason }))
      return remove(moment, removals, actor)
    })
    count += length
    if (length === 0) return count
  }
}

async function remove(
  moment: Moment,
  removals: readonly Removal[],
  actor: Actor,
): Promise<readonly Revocation[]> {
  const { db, now } = moment
  const until = entryLifeEnd(0, now)
  const entries: NewRevocation[] = []
  for (const { name, reason } of removals) {
    const machine = await lockMachineByName(db, name)
    if (machine === undefined) continue
    const { id } = machine
    await deleteMachine(db, machine)
    await happened(moment, 'machine.removed', { actor, reason, details: { machine: name } })
    const effect = { what: 'machine', machine: id } as const
    entries.push({ kind: 'client_id', id, code: 'session_ended', until, effect })
  }
  return appendRevocations(db, entries)
}
