import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { endedTokens } from '@keyhaven/stage/databases/overdue-rows'
import { until } from '@keyhaven/stage/processes/process'
import { startService } from '@keyhaven/stage/processes/running-service'
import type { RunningService } from '@keyhaven/stage/processes/running-service'
import { doses } from '../doses.ts'

const folder = mkdtempSync(join(tmpdir(), 'keyhaven-jobs-'))
const environment: Record<string, string> = {
  KEYHAVEN_MASTER_KEY: randomBytes(32).toString('base64url'),
}
const services: RunningService[] = []
let database: string
const isPostgres = (): boolean => database.startsWith('postgres')

/** Two processes on one database. Each change of the row of a job is noted, in the order of the changes. */
beforeAll(async () => {
  database = await databaseIn(folder)
  environment['KEYHAVEN_DATABASE'] = database
  const note = 'insert into noted (name, claim, holder) values (new.name, new.claim, new.holder)'
  await changeIn(
    database,
    ...(isPostgres()
      ? [
          'create table noted (id bigint generated always as identity, name text, claim bigint, holder text)',
          `create function note() returns trigger language plpgsql as $$ begin ${note}; return new; end $$`,
          'create trigger noting after update on jobs for each row execute function note()',
        ]
      : [
          'create table noted (id integer primary key autoincrement, name text, claim integer, holder text)',
          `create trigger noting after update on jobs begin ${note}; end`,
        ]),
  )
  await changeIn(database, ...slow())
  services.push(...(await Promise.all([start(), start()])))
})
afterAll(async () => {
  for (const one of services) await one.process.stop('SIGKILL')
  for (const { data } of services) rmSync(data, { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
})

/**
 * Starts a process that trusts its clock at once, though it may take seconds to start: otherwise it
 * purges nothing for a minute.
 */
async function start(): Promise<RunningService> {
  const soon = Date.now() + 4000
  await changeIn(database, `update installation set value = '${soon}' where name = 'time'`)
  // Nothing listens at this address: the processes have ports of their own
  return startService({ url: 'http://localhost:2/auth', environment })
}

/** Ended tokens; each takes a while to delete, so that a purge of them takes seconds on any machine. */
const TOKENS = 20_000
const slow = (): readonly string[] =>
  isPostgres()
    ? [
        `create function slow() returns trigger language plpgsql as
         $$ begin perform pg_sleep(0.0003); return old; end $$`,
        'create trigger slows before delete on tokens for each row execute function slow()',
      ]
    : [
        `create view slow as with recursive s(n) as (select 1 union all select n + 1 from s where n < 2000)
         select count(*) as count from s`,
        'create trigger slows before delete on tokens begin select count from slow; end',
      ]
const fast = (): readonly string[] =>
  isPostgres()
    ? ['drop trigger if exists slows on tokens', 'drop function if exists slow']
    : ['drop trigger if exists slows', 'drop view if exists slow']

/** Fills the table of tokens with ended ones. @returns the last claim before a purge of them. */
async function fill(): Promise<number> {
  const tokens = endedTokens(isPostgres() ? 'postgres' : 'sqlite', TOKENS)
  await changeIn(database, ...fast(), 'delete from tokens')
  await until('no process purges', async () => (await purging()) === undefined)
  const [row] = await rowsIn(database, "select claim from jobs where name = 'purge'")
  await changeIn(
    database,
    "delete from accounts where email like '%@x'",
    ...tokens.fill(Date.now()),
    ...slow(),
    "update jobs set due_at = 0 where name = 'purge'",
  )
  return Number(row?.['claim'] ?? 0)
}

interface Held {
  readonly service: RunningService
  readonly claim: number
}

/** The service that purges; `undefined` if none does. */
async function purging(): Promise<Held | undefined> {
  const [row] = await rowsIn(database, "select holder, claim from jobs where name = 'purge'")
  const service = services.find(
    ({ process }) => String(row?.['holder']).split(' ').at(-1) === String(process.pid),
  )
  return service && { service, claim: Number(row?.['claim']) }
}

/** The service that purges after a claim, in the middle of its work. */
async function nextAfter(claim: number, seconds: number): Promise<Held> {
  let held: Held | undefined
  await until(
    'a process purges',
    async () => {
      held = await purging()
      if (held === undefined || held.claim <= claim) return false
      const batches = await rowsIn(
        database,
        `select count(*) as count from noted where name = 'purge' and claim = ${held.claim}`,
      )
      return Number(batches[0]?.['count']) > 4
    },
    seconds,
  )
  if (held === undefined) throw new Error('no process purges')
  return held
}

/** Stops a process where it stands, but not with the lock of a file, which nothing could take from it. */
async function pause({ process: { pid } }: RunningService): Promise<void> {
  for (;;) {
    process.kill(pid, 'SIGSTOP')
    if (isPostgres()) return
    await sleep(20)
    const file = new DatabaseSync(database, { timeout: 0 })
    try {
      file.exec('begin immediate')
      return
    } catch {
      process.kill(pid, 'SIGCONT')
      await sleep(5)
    } finally {
      file.close()
    }
  }
}

/** Changes of rows by a process after a later claim, and claims of two processes. */
async function overlaps(): Promise<Record<string, unknown>[]> {
  const late = `select a.name, a.claim from noted a where a.claim <
    (select max(b.claim) from noted b where b.name = a.name and b.id < a.id)`
  const double = `select name, claim from noted where holder is not null
    group by name, claim having count(distinct holder) > 1`
  return [...(await rowsIn(database, late)), ...(await rowsIn(database, double))]
}

describe('a job of a process that died while it had claimed it', () => {
  it('goes on in another process at once if its process was stopped gently', async () => {
    const first = await nextAfter(await fill(), 60)
    expect(await first.service.process.stop()).toBe(0)
    // It was given back, and not only left to expire
    expect((await purging())?.service).not.toBe(first.service)
    const second = await nextAfter(first.claim, 60)
    expect(second.service).not.toBe(first.service)
    await changeIn(database, ...fast(), 'delete from tokens')
    await until('no process purges', async () => (await purging()) === undefined)
    const { code, output } = await second.service.command(['jobs', 'list', '--json'])
    expect(code, output).toBe(0)
    const { jobs } = JSON.parse(output) as { readonly jobs: readonly Record<string, unknown>[] }
    expect(jobs.map(({ name }) => name)).toEqual(['erase', 'expire', 'purge', 'seal'])
    expect(jobs[2]).toMatchObject({
      endedAt: expect.stringMatching(/^20/),
      changed: expect.any(Number),
    })
    expect(await overlaps()).toEqual([])
    services.splice(services.indexOf(first.service), 1, await start())
  })

  it('is taken over within a minute and never run twice at once: by kill -9, or by standing still, until it wakes', {
    timeout: 240_000 + doses.jobKills * 60_000,
  }, async () => {
    for (let kills = 0; kills < doses.jobKills; kills++) {
      const first = await nextAfter(await fill(), 60)
      await pause(first.service)
      const second = await nextAfter(first.claim, 60)
      expect(second.service).not.toBe(first.service)
      const stopped = first.service.process
      process.kill(stopped.pid, 'SIGCONT')
      // If it stood still in a transaction, PostgreSQL has ended that
      const isOver = /another process has taken a job over|purge failed/
      await until('the first ends its run', () => isOver.test(stopped.output()))
      expect(await purging()).toEqual(second)
      await second.service.process.stop('SIGKILL')
      // The first may not trust its clock for a minute, because it stood still
      await stopped.stop('SIGKILL')
      services.splice(0, 2, await start(), await start())
      await nextAfter(second.claim, 60)
    }
    expect(await overlaps()).toEqual([])
  })
})
