import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createKeyhaven } from '@keyhaven/server'
import type { Keyhaven } from '@keyhaven/server'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { doses } from '../doses.ts'
import { manySessions } from '@keyhaven/stage/databases/many-sessions'
import { startPostgres } from '@keyhaven/stage/databases/postgres'
import type { Postgres } from '@keyhaven/stage/databases/postgres'

const ROUNDS = doses.logRounds
const WRITERS = 32
const READERS = 8
const SESSIONS = 1600

const data = mkdtempSync(join(tmpdir(), 'keyhaven-log-'))
let postgres: Postgres
let services: readonly Keyhaven[]

beforeAll(async () => {
  postgres = await startPostgres({ durable: true })
  const database = postgres.url('postgres')
  const open = (): Promise<Keyhaven> =>
    createKeyhaven({
      data,
      database,
      folder: data,
      environment: { NODE_ENV: 'test' },
      announce: () => {},
    })
  services = await Promise.all([open(), open()])
})
afterAll(async () => {
  for (const service of services ?? []) await service.close()
  postgres?.close()
  rmSync(data, { recursive: true })
})

/** Reads the log as it grows; the answer is every number in the order in which it was seen. */
async function follow(over: () => boolean, from: number): Promise<number[]> {
  const client = new Client(postgres.url('postgres'))
  await client.connect()
  const seen: number[] = []
  for (let last = false; ; ) {
    const after = seen.at(-1) ?? from
    const { rows } = await client.query<{ seq: string }>({
      name: 'log',
      text: 'select seq from revocations where seq > $1 order by seq',
      values: [after],
    })
    for (const { seq } of rows) seen.push(Number(seq))
    if (last) break
    last = over()
  }
  await client.end()
  return seen
}

describe(`${WRITERS} writers in two services and ${READERS} readers of the log`, () => {
  it(
    `never let a reader pass a number that comes later, ${ROUNDS} times`,
    async () => {
      let from = 0
      for (let round = 0; round < ROUNDS; round++) {
        const sessions = await manySessions(postgres.url('postgres'), SESSIONS)
        let over = false
        const readers = Array.from({ length: READERS }, () => follow(() => over, from))
        const queue = sessions.values()
        const write = async (at: number): Promise<void> => {
          for (const id of queue) await services[at % services.length]?.sessions.end(id)
        }
        await Promise.all(Array.from({ length: WRITERS }, (_, at) => write(at)))
        over = true
        const wanted = sessions.map((_, at) => from + at + 1)
        for (const seen of await Promise.all(readers)) expect(seen).toEqual(wanted)
        from += sessions.length
      }
    },
    240_000 + ROUNDS * 30_000,
  )
})
