import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Database } from '../database.ts'
import { openSqlite } from './sqlite.ts'

const folder = mkdtempSync(join(tmpdir(), 'keyhaven-sqlite-'))
let database: Database
beforeAll(async () => {
  database = await openSqlite(join(folder, 'keyhaven.sqlite'), true)
})
afterAll(async () => {
  await database.close()
  rmSync(folder, { recursive: true })
})

const work = (): Promise<string> => database.transact(async () => 'done')
const ended = (running: Promise<string>): Promise<string> =>
  running.catch((error: { code: string }) => error.code)

/** How many of the answers there are of each kind. */
async function counted(running: readonly Promise<string>[]): Promise<Record<string, number>> {
  const all = await Promise.all(running.map(ended))
  return Object.fromEntries(
    [...Map.groupBy(all, (one) => one)].map(([one, { length }]) => [one, length]),
  )
}

describe('writers of a SQLite database', () => {
  it('wait in a queue of 256, and more are refused as overloaded (source 13)', async () => {
    const running = Array.from({ length: 8000 }, work)
    expect(await counted(running)).toEqual({ done: 257, overloaded: 8000 - 257 })
    expect(await work()).toBe('done')
  })

  it('let other work of the process run between two of them', async () => {
    let done = 0
    const running = Array.from({ length: 20 }, () => work().then(() => (done += 1)))
    await new Promise((resolve) => setImmediate(resolve))
    expect(done).toBeLessThan(20)
    await Promise.all(running)
    expect(done).toBe(20)
  })

  it('wait for ten seconds at most (source 13)', async () => {
    const { promise, resolve } = Promise.withResolvers<string>()
    const first = database.transact(() => promise)
    const late = [work(), work()]
    const now = performance.now()
    const later = vi.spyOn(performance, 'now').mockReturnValue(now + 10_001)
    const last = work()
    resolve('done')
    expect(await counted([first, ...late, last])).toEqual({ done: 2, overloaded: 2 })
    later.mockRestore()
    expect(await work()).toBe('done')
  })
})

describe('a list in a statement', () => {
  it.each(['plain', "quo'te", '"', 'a\\b', 'Å𝔘', 'half a pair \ud800', '', '007', '1e5', 'null'])(
    'finds %j as a single value does',
    async (text) => {
      const found = await database.transact(async ({ db }) => {
        await db.insertInto('installation').values({ name: text, value: '' }).execute()
        const names = db.selectFrom('installation').select('name')
        return {
          alone: await names.where('name', '=', text).execute(),
          inList: await names.where('name', 'in', ['another', text]).execute(),
        }
      })
      expect(found.alone).toHaveLength(1)
      expect(found.inList).toEqual(found.alone)
    },
  )
})
