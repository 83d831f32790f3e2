import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { until } from '@keyhaven/stage/processes/process'
import type { Database } from '../../database/database.ts'
import type { JobRun } from '../../stores/in-batches.ts'
import { openPlace, startJobProcess, tryBatch } from './job-processes.suite.ts'
import type { JobProcess, JobProcessOptions } from './job-processes.suite.ts'

const folder = mkdtempSync(join(tmpdir(), 'keyhaven-jobs-'))
let place: string
/** Two connections to one database, as two processes have. */
let databases: readonly Database[] = []
const runners: JobProcess[] = []

beforeAll(async () => {
  place = await databaseIn(folder)
  databases = [await openPlace(place), await openPlace(place)]
})
afterEach(async () => {
  await Promise.all(runners.splice(0).map((one) => one.stop()))
})
afterAll(async () => {
  await Promise.all(databases.map((one) => one.close()))
  rmSync(folder, { recursive: true })
})

/** One of the processes, with a job of this name that has work without end unless something else is given. */
function processOf(at: number, name: string, more: Partial<JobProcessOptions> = {}): JobProcess {
  const database = databases[at]
  if (database === undefined) throw new Error(`there is no database ${at}`)
  const made = startJobProcess(database, { name, holder: `process ${at}`, ...more })
  runners.push(made)
  return made
}

const row = async (name: string): Promise<Record<string, unknown> | undefined> =>
  (await rowsIn(place, `select * from jobs where name = '${name}'`))[0]
const heldBy = async (name: string): Promise<unknown> => (await row(name))?.['holder']

describe('a job', () => {
  it('is run by one of the processes that find it due', async () => {
    const both = [processOf(0, 'shared'), processOf(1, 'shared')]
    await Promise.all(both.map((one) => one.look()))
    await until('it runs', () => both.some((one) => one.batches() > 2))
    expect(both.filter((one) => one.batches() > 0)).toHaveLength(1)
    await Promise.all(both.map((one) => one.look()))
    await sleep(50)
    expect(both.filter((one) => one.batches() > 0)).toHaveLength(1)
    expect(both.flatMap(({ errors }) => errors)).toEqual([])
  })

  it('ends a run after its budget, and goes on in another', async () => {
    const runner = processOf(0, 'long', { budget: 100 })
    await runner.look()
    const ended = async (): Promise<boolean> =>
      (await row('long'))?.['ended_at'] !== null && runner.batches() > 0
    await until('the run ends', ended)
    expect(await heldBy('long')).toBeNull()
    expect(Number((await row('long'))?.['changed'])).toBeGreaterThan(0)
    await runner.look()
    await until('another run begins', async () => Number((await row('long'))?.['claim']) === 2)
  })

  it('that has left nothing is due again after its interval, whichever process looks', async () => {
    let runs = 0
    const work = async (): Promise<boolean> => {
      runs++
      return false
    }
    const both = [processOf(0, 'short', { work }), processOf(1, 'short', { work })]
    await both[0]?.look()
    await until('it has run', async () => (await row('short'))?.['ended_at'] !== null)
    await Promise.all(both.map((one) => one.look()))
    await sleep(50)
    expect(runs).toBe(1)
    await changeIn(place, `update jobs set due_at = due_at - 60000 where name = 'short'`)
    await both[1]?.look()
    await until('it runs again', () => runs === 2)
  })

  it('is given back when its process closes, in the middle of a run', async () => {
    const [first, second] = [processOf(0, 'closed'), processOf(1, 'closed')]
    await first.look()
    await until('it runs', () => first.batches() > 2)
    const began = performance.now()
    await first.stop()
    expect(performance.now() - began).toBeLessThan(1000)
    expect(await heldBy('closed')).toBeNull()
    const batches = first.batches()
    await second.look()
    await until('the other has it', async () => (await heldBy('closed')) === 'process 1')
    expect(first.batches()).toBe(batches)
  })

  it('is taken from a process whose claim is over, which does no other batch of it', async () => {
    let run: JobRun | undefined
    const kept: (JobRun | undefined)[] = []
    const first = processOf(0, 'lost', {
      // A process that stands still between two batches
      work: async (mine) => {
        run = mine
        await until('its claim is over', () => kept.length > 0)
        return true
      },
    })
    const second = processOf(1, 'lost')
    await first.look()
    await until('it runs', () => run !== undefined)
    await second.look()
    await sleep(50)
    expect(second.batches()).toBe(0)
    await changeIn(place, `update jobs set claimed_until = 1 where name = 'lost'`)
    await second.look()
    await until('the other has it', () => second.batches() > 2)
    expect(await tryBatch(databases[0], run)).toBeUndefined()
    kept.push(run)
    await first.stop()
    expect(await heldBy('lost')).toBe('process 1')
  })

  it('is not run by two processes if a restored database counts claims from a lower number again', async () => {
    let run: JobRun | undefined
    const isOver = Promise.withResolvers<boolean>()
    const work = (mine: JobRun): Promise<boolean> => {
      run = mine
      return isOver.promise
    }
    const first = processOf(0, 'restored', { work })
    await first.look()
    await until('it runs', () => run !== undefined)
    await changeIn(
      place,
      `update jobs set claim = claim - 1, claimed_until = 1 where name = 'restored'`,
    )
    const second = processOf(1, 'restored')
    await second.look()
    await until('the other has it', () => second.batches() > 0)
    expect(Number((await row('restored'))?.['claim'])).toBe(run?.claim.number)
    expect(await tryBatch(databases[0], run)).toBeUndefined()
    isOver.resolve(true)
    await first.stop()
    expect(await heldBy('restored')).toBe('process 1')
  })

  it('is free at once if the clock was set back since its times were written', async () => {
    const runner = processOf(0, 'back')
    await runner.look()
    await until('it runs', () => runner.batches() > 0)
    await runner.stop()
    const hour = 3_600_000
    await changeIn(
      place,
      `update jobs set holder = 'gone', claimed_until = claimed_until + ${hour},
       due_at = due_at + ${hour} where name = 'back'`,
    )
    await processOf(1, 'back').look()
    await until('the other has it', async () => (await heldBy('back')) === 'process 1')
  })

  it('that fails is logged, given back, and tried again later', async () => {
    const failing = processOf(0, 'failing', {
      work: async () => Promise.reject(new Error('full')),
    })
    await failing.look()
    await until('it has failed', () => failing.errors.length === 1)
    const { due_at: due, ended_at: ended, holder } = (await row('failing')) ?? {}
    expect(holder).toBeNull()
    expect(Number(due) - Number(ended)).toBeGreaterThanOrEqual(9_900)
    expect(Number(due) - Number(ended)).toBeLessThanOrEqual(10_100)
  })

  it('begins with small batches again after one that was too large for a statement', async () => {
    const sizes: number[] = []
    const batch = async (most: number): Promise<number> => {
      sizes.push(most)
      if (most > 200) throw new Error('canceling statement due to statement timeout')
      return most
    }
    const runner = processOf(0, 'large', { batch })
    for (let failures = 1; failures < 3; failures++) {
      await changeIn(place, `update jobs set due_at = 0 where name = 'large'`)
      await runner.look()
      await until('a batch fails', () => runner.errors.length === failures)
    }
    const failed = sizes.findIndex((size) => size > 200)
    expect(sizes.slice(failed + 1)[0]).toBe(sizes[0])
  })
})
