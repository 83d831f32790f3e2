import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { doses } from '../doses.ts'
import { startPostgres } from '@keyhaven/stage/databases/postgres'
import type { Postgres } from '@keyhaven/stage/databases/postgres'
import { converge } from './converge.ts'
import { createCrowd, PASSWORD } from './crowd.ts'
import type { Crowd } from './people.ts'
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
let postgres: Postgres
let fleet: Fleet
let crowd: Crowd

beforeAll(async () => {
  postgres = await startPostgres({ durable: true })
  fleet = await startFleet({ administrator, server: postgres, guards: 10 })
  crowd = createCrowd({ fleet, witness, random: createRandom(SEED + 1), administrator })
  await crowd.begin()
})
afterAll(async () => {
  await fleet?.close()
  postgres?.close()
})

describe('PostgreSQL, two services behind nginx and ten guards, under load (D09, D11, S19)', () => {
  it(
    `lose nothing that was acknowledged and sign no user out, whatever is killed, stopped or cut: ${DOSE.kills} kills of a service, ${DOSE.postgres} of PostgreSQL, seed ${SEED}`,
    async () => {
      const random = createRandom(SEED)
      const load = startLoad(fleet, crowd, createRandom(SEED + 2))
      const faults = planFaults(DOSE, random, { fleet, postgres, crowd, load })
      for (const [at, fault] of faults.entries()) {
        process.stdout.write(`chaos ${at + 1}/${faults.length}: ${fault.name}\n`)
        await fault.happen()
        await converge(fleet, witness)
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
