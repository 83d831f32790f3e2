import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCrowd, PASSWORD } from '../chaos/crowd.ts'
import type { Crowd } from '../chaos/crowd.ts'
import { startLoad } from '../chaos/load.ts'
import { createRandom } from '../chaos/random.ts'
import { checkEverything } from '../chaos/reckoning.ts'
import { createWitness } from '../chaos/witness.ts'
import { rowsIn } from '../stage/databases.ts'
import { until } from '../stage/process.ts'
import { startSite } from './site.ts'
import type { Site } from './site.ts'
import { present, unpackFormer } from './versions.ts'

const administrator = { email: 'root@example.com', password: PASSWORD }
/** Acknowledged acts between two steps, so that each mixture of versions is used. */
const ACTS = 40
const seed = Date.now() % 1_000_000
const former = unpackFormer()
const witness = createWitness()
let site: Site
let crowd: Crowd

beforeAll(async () => {
  site = await startSite(former, [former, former, former, present], administrator)
  crowd = createCrowd({ fleet: site, witness, random: createRandom(seed), administrator })
  await crowd.begin()
})
afterAll(async () => {
  await site?.close()
  former.remove()
})

/** The newest migration that a table of them names. */
async function newest(table: 'kysely_migration' | 'later_migrations'): Promise<unknown> {
  const rows = await rowsIn(site.database, `select name from ${table} order by name desc`)
  return rows[0]?.['name']
}

describe('a database of the version before, its services and guards under load', () => {
  it('is upgraded, taken back and upgraded again, one process after the other: nothing acknowledged is lost, nobody is signed out (R40)', async () => {
    const load = startLoad(site, crowd, createRandom(seed + 1))
    const begun = new Set(crowd.people)
    const step = async (name: string, change: () => Promise<void>): Promise<void> => {
      const before = witness.total()
      await change()
      await until(`acts after: ${name}`, () => witness.total() >= before + ACTS, 60)
      await site.converge()
      process.stdout.write(`upgrade: ${name}, ${witness.total()} acts acknowledged\n`)
      expect(witness.faults, site.output()).toEqual([])
    }
    const replaceGuard = async (at: number, version = present): Promise<void> => {
      const guard = site.guards[at]
      if (guard === undefined) throw new Error(`there is no guard ${at}`)
      load.stopped.add(guard)
      await site.replaceGuard(at, version)
      load.stopped.delete(guard)
    }
    await step('everything is former, but one guard', async () => {})
    expect(await newest('kysely_migration')).toBe('006-pending-revocations')
    for (const person of crowd.people) begun.add(person)
    await step('one service is present', () => site.replaceService(0, present))
    expect(await newest('later_migrations')).toBe('007-audit-chain')
    await step('both services are', () => site.replaceService(1, present))
    await step('two guards are', () => replaceGuard(0))
    await step('one service is former again', () => site.replaceService(0, former))
    await step('both services are former', () => site.replaceService(1, former))
    await step('the guards are former', async () => {
      for (const at of [0, 3]) await replaceGuard(at, former)
    })
    await step('one service is present again', () => site.replaceService(1, present))
    await step('everything is present', async () => {
      await site.replaceService(0, present)
      for (const at of site.guards.keys()) await replaceGuard(at)
    })
    await load.end()
    const sum = await checkEverything({ fleet: site, crowd, witness })
    const live = [...begun].flatMap(({ devices }) => devices.filter((one) => one.state === 'live'))
    process.stdout.write(
      `upgrade, seed ${seed}\n  acknowledged: ${witness.acts()}\n  at the end: ${sum}; ${live.length} of the sessions alive are of people of the former version\n  answers: ${witness.seen()}\n  ended tokens were taken at the latest after ${witness.latest()}\n`,
    )
    expect(witness.faults).toEqual([])
    expect(live.length).toBeGreaterThan(0)
    // What the former version wrote meanwhile is in the chain too
    const rows = await rowsIn(site.database, 'select count(*) as many from audit')
    await until('every row is sealed', async () => {
      const unsealed = await rowsIn(site.database, 'select id from audit where number is null')
      return unsealed.length === 0
    })
    const verified = JSON.parse(await site.command(present, ['audit', 'verify'])) as object
    expect(verified).toMatchObject({ rows: expect.any(Number) })
    expect(Number(rows[0]?.['many'])).toBeGreaterThan(0)
  }, 600_000)
})
