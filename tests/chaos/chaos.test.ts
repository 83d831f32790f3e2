import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { doses } from '../doses.ts'
import { rowsIn } from '../stage/databases.ts'
import { until } from '../stage/process.ts'
import { createCrowd, PASSWORD } from './crowd.ts'
import type { Crowd } from './crowd.ts'
import { planFaults } from './faults.ts'
import { startFleet } from './fleet.ts'
import type { Fleet } from './fleet.ts'
import { startLoad } from './load.ts'
import { createRandom } from './random.ts'
import { checkEverything } from './reckoning.ts'
import { createWitness } from './witness.ts'

const KILLS = doses.fleetKills
const DOSE = { kills: KILLS, postgres: Math.ceil(KILLS / 10) }
/** The same seed plans the same faults; what the crowd does meanwhile depends on what it is answered. */
const SEED = Number(process.env['KEYHAVEN_CHAOS_SEED'] ?? Date.now() % 1_000_000)

const administrator = { email: 'root@example.com', password: PASSWORD }
const witness = createWitness()
let fleet: Fleet
let crowd: Crowd

beforeAll(async () => {
  fleet = await startFleet(administrator)
  crowd = createCrowd({ fleet, witness, random: createRandom(SEED + 1), administrator })
  await crowd.begin()
})
afterAll(() => fleet?.close())

/** Everything runs, and every guard has what the log had when this was asked. */
async function converge(): Promise<void> {
  await until('the service answers', async () => {
    const answers = await Promise.all(fleet.services.map((one) => one.isReady()))
    return answers.every(Boolean)
  })
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
      30,
    )
  }
  expect(witness.faults, witness.seen()).toEqual([])
  expect(fleet.services.map((one) => one.runs())).toEqual([true, true])
}

describe('PostgreSQL, two services behind nginx and ten guards, under load (D09, D11, S19)', () => {
  it(
    `lose nothing that was acknowledged and sign nobody out, whatever is killed, stopped or cut: ${DOSE.kills} kills of a service, ${DOSE.postgres} of PostgreSQL, seed ${SEED}`,
    async () => {
      const random = createRandom(SEED)
      const load = startLoad(fleet, crowd, createRandom(SEED + 2))
      const faults = planFaults(DOSE, random, { fleet, crowd, load })
      for (const [at, fault] of faults.entries()) {
        process.stdout.write(`chaos ${at + 1}/${faults.length}: ${fault.name}\n`)
        await fault.happen()
        await converge()
      }
      await load.end()
      const sum = await checkEverything({ fleet, crowd, witness })
      process.stdout.write(
        `chaos, seed ${SEED}: ${faults.length} faults, ${DOSE.kills} kills of a service, ${DOSE.postgres} of PostgreSQL\n` +
          `  acknowledged: ${witness.acts()}\n  at the end: ${sum}\n  answers: ${witness.seen()}\n  ended tokens were taken at the latest after ${witness.latest()}\n`,
      )
      expect(witness.faults).toEqual([])
      expect(witness.total()).toBeGreaterThan(faults.length)
    },
    120_000 + KILLS * 30_000,
  )
})
