import { rmSync } from 'node:fs'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { databaseIn } from '@keyhaven/stage/databases/databases'
import { until } from '@keyhaven/stage/processes/process'
import { standbyStatements } from '../failover.ts'
import { testLog } from '@keyhaven/stage/processes/log'
import { newPerson, send } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Person } from '@keyhaven/stage/http/person'
import type { Service } from '@keyhaven/stage/processes/served'

const log = testLog()
const errors = vi.spyOn(log, 'error')
let service: Service

beforeAll(async () => {
  service = await serve(newFolder(), { log })
})
afterAll(async () => {
  await service.close()
  rmSync(service.data, { recursive: true })
})

const current = async (person: Person): Promise<number> =>
  (await send(service, 'GET /user/current', { person })).status

describe('a failover right behind the answer (H8)', () => {
  it('brings nothing back that this process has acknowledged, and not read in the log yet', async () => {
    const [gone, bystander] = [await newPerson(service), await newPerson(service)]
    const fallBack = await standbyStatements(service)
    const client = new Client(await databaseIn(service.data))
    await client.connect()
    await client.query('begin')
    // Commits go on; numbers, and what rests on them, do not
    await client.query('select seq from revocation_counter for update')
    expect((await send(service, 'DELETE /sessions/current', { person: gone })).status).toBe(204)
    for (const statement of [...fallBack, 'commit']) await client.query(statement)
    await client.end()
    const lines = (): string[] => errors.mock.calls.map(([, line]) => String(line))
    await until('it is mended', () => lines().some((line) => line.includes('1 revocation(s)')))
    expect(lines().join('\n')).toContain(
      'a failover lost its newest writes, or it was restored from a backup',
    )
    expect(await current(gone)).toBe(401)
    expect(await current(bystander)).toBe(200)
    // A process that starts now knows it from the database alone
    await service.close()
    service = await serve(service.data, { log })
    expect(await current(gone)).toBe(401)
    expect(await current(bystander)).toBe(200)
  })
})
