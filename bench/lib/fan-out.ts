/** The cost of sending entries to listeners: a service in this process, listeners in others. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Keyhaven } from '@keyhaven/server'
import { Client } from 'pg'
import { progressOf, started } from './guard-process.ts'

/** A service in this process, and its PostgreSQL. */
export interface Served {
  readonly service: Keyhaven
  readonly database: string
}

/** The cost of a batch of entries, in microseconds of CPU. */
export interface FanOut {
  readonly batch: number
  /** CPU of the service, for one listener. */
  readonly write: number
  /** CPU of a guard, for one entry that it reads, checks and applies. */
  readonly apply: number
}

const LISTENERS = 100
const ROUNDS = 100
/** Milliseconds from one batch to the next. */
const APART = 40

/** Sends batches of these sizes to no listener, to a hundred listeners, and to a guard. */
export async function fanOut(served: Served, batches: readonly number[]): Promise<FanOut[]> {
  const { service } = served
  const keys = [await service.guards.add('fan-1'), await service.guards.add('fan-2')]
  const alone = await costs(served, batches)
  const crowd = await started('listeners.ts', service.issuer, String(LISTENERS), ...keys)
  const among = await costs(served, batches)
  crowd.kill()
  const guard = await started('one-guard.ts', service.issuer, keys[0] ?? '')
  const figures: FanOut[] = []
  for (const [at, batch] of batches.entries()) {
    const before = await progressOf(guard)
    await costs(served, [batch])
    const after = await progressOf(guard)
    const write = ((among[at] ?? 0) - (alone[at] ?? 0)) / LISTENERS
    figures.push({ batch, write, apply: (after.cpu - before.cpu) / (after.seq - before.seq) })
  }
  guard.kill()
  return figures
}

/** Microseconds of this process's CPU for a batch of each size. */
async function costs({ service, database }: Served, batches: readonly number[]): Promise<number[]> {
  const client = new Client(database)
  await client.connect()
  const spent: number[] = []
  for (const batch of batches) {
    const before = process.cpuUsage()
    let wanted = 0
    for (let round = 0; round < ROUNDS; round++) {
      wanted = await writeEntries(client, batch)
      await sleep(APART)
    }
    while (service.guard.state().seq < wanted) await sleep(5)
    const { user, system } = process.cpuUsage(before)
    spent.push((user + system) / ROUNDS)
  }
  await client.end()
  return spent
}

/** Writes entries directly into the database, and notifies the service. Returns the number of the last entry. */
export async function writeEntries(client: Client, count: number): Promise<number> {
  const { rows } = await client.query<{ seq: string }>({
    name: 'entries',
    text: `with counted as (update revocation_counter set seq = seq + $1::int returning seq),
      written as (insert into revocations (seq, kind, id, code, until)
        select seq - n, 'sid', 'ses_' || gen_random_uuid(), 'session_ended', $2::bigint
        from counted, generate_series(0, $1::int - 1) n)
      select seq from counted`,
    values: [count, Date.now() + 3_600_000],
  })
  await client.query('notify keyhaven')
  return Number(rows[0]?.seq)
}
