import { expect } from 'vitest'
import { rowsIn } from '@keyhaven/stage/databases/databases'
import { until } from '@keyhaven/stage/processes/process'
import type { Fleet } from './fleet.ts'
import type { Witness } from './witness.ts'

/** Waits until everything runs, and every guard has what the log had when this was called. */
export async function converge(fleet: Fleet, witness: Witness): Promise<void> {
  await until(
    'the service answers',
    async () => {
      const answers = await Promise.all(fleet.services.map((one) => one.isReady()))
      return answers.every(Boolean)
    },
    120,
  )
  const [row] = await rowsIn(
    fleet.database,
    "select seq, value as log from revocation_counter, installation where name = 'log'",
  )
  for (const guard of fleet.guards) {
    await until(
      `${guard.name} has ${String(row?.['log'])}:${String(row?.['seq'])}`,
      async () => {
        const { fresh, log, seq } = (await fleet.health(guard)) ?? { fresh: false, log: '', seq: 0 }
        return fresh && log === row?.['log'] && seq >= Number(row?.['seq'])
      },
      90,
    )
  }
  expect(witness.faults, witness.seen()).toEqual([])
  expect(fleet.services.map((one) => one.runs())).toEqual([true, true])
}
