import { KeyhavenError } from '@keyhaven/core/errors'
import type { Database, Moment } from '../../database/database.ts'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { deleteMachine, lockMachineByName, machinesAfter } from '../../stores/machines.ts'

/** A machine to remove, and why. */
interface Removal {
  readonly name: string
  readonly reason?: string | undefined
}

/** Machines that are removed in one transaction. */
const BATCH = 100

/**
 * Removes a machine. Every call looks its key up, so the key is dead at once.
 * @throws KeyhavenError `not_found`.
 */
export async function removeMachine(
  database: Database,
  removal: Removal,
  actor: Actor,
): Promise<void> {
  const isDone = await database.transact((moment) => remove(moment, removal, actor))
  if (isDone) return
  throw new KeyhavenError('not_found', {
    detail: `There is no machine ${removal.name}: find its name with \`keyhaven machines list\`.`,
  })
}

/** Removes every machine, after a restore. @returns how many. */
export async function removeAllMachines(database: Database, actor: Actor): Promise<number> {
  const reason = 'the database was restored'
  for (let count = 0; ; ) {
    const batch = await database.transact(async (moment) => {
      const machines = await machinesAfter(moment.db, undefined, BATCH)
      for (const { name } of machines) await remove(moment, { name, reason }, actor)
      return machines.length
    })
    count += batch
    if (batch === 0) return count
  }
}

async function remove(moment: Moment, { name, reason }: Removal, actor: Actor): Promise<boolean> {
  const machine = await lockMachineByName(moment.db, name)
  if (machine === undefined) return false
  await deleteMachine(moment.db, machine)
  await happened(moment, 'machine.removed', { actor, reason, details: { machine: name } })
  return true
}
