import { randomBytes, randomInt } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backUp, changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { answers, freePort, keyhaven, root, run, until } from '@keyhaven/stage/processes/process'
import type { RunningProcess } from '@keyhaven/stage/processes/process'
import { unpackFormer } from './versions.ts'
import { doses } from '../doses.ts'

const former = unpackFormer()
const folder = mkdtempSync(join(tmpdir(), 'keyhaven-migrations-'))
const shared: Record<string, string> = {
  KEYHAVEN_URL: 'http://localhost:2/auth',
  KEYHAVEN_DATA: join(folder, 'data'),
  KEYHAVEN_MASTER_KEY: randomBytes(32).toString('base64url'),
}
const started: RunningProcess[] = []
let database: string
const isPostgres = (): boolean => database.startsWith('postgres')

/** The last migration of this checkout. */
const LAST = readdirSync(join(root, 'packages/server/src/database/migrations'))
  .toSorted()
  .at(-1)
  ?.replace('.ts', '')

/** Tokens of the former version: the migrations work on them for some tenths of a second. */
const ROWS = 150_000

/** A database that the former version has made and used. */
beforeAll(async () => {
  database = await databaseIn(folder, { migrated: false })
  shared['KEYHAVEN_DATABASE'] = database
  const create = ['accounts', 'create', '--email', 'a@example.com']
  expect(await begin(former.keyhaven, create, {}, 'correct horse battery').exited).toBe(0)
  const series = isPostgres()
    ? `select generate_series(1, ${ROWS}) as n`
    : `with recursive s(n) as (select 1 union all select n + 1 from s where n < ${ROWS}) select n from s`
  const end = Math.floor(Date.now() / 1000) + 86_400
  await changeIn(
    database,
    `insert into tokens (jti, account_id, client_id, issued_at, expires_at, claims)
     select 'jti_' || n, id, 'web', 1, ${end} + n, '{}' from accounts, (${series}) numbers`,
  )
})
afterAll(async () => {
  await Promise.all(started.map((one) => one.stop('SIGKILL')))
  former.remove()
  rmSync(folder, { recursive: true, force: true })
})

function begin(
  command: readonly [string, ...string[]],
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
  input?: string,
): RunningProcess {
  const environment = { ...shared, ...more }
  const running = run([...command, ...args], { environment, ...(input !== undefined && { input }) })
  started.push(running)
  return running
}

/** Starts this version on a port of its own, and waits until it answers. */
async function startHere(): Promise<RunningProcess> {
  const port = await freePort()
  const own = { KEYHAVEN_PORT: String(port), KEYHAVEN_DATA: join(folder, `data-${port}`) }
  const running = begin(keyhaven, ['start'], own)
  const ready = `http://127.0.0.1:${port}/auth/health/ready`
  await until('the service answers', () => answers(ready)).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${running.output()}`)
  })
  return running
}

/** Every table, column and index. */
async function tables(): Promise<string> {
  const schema = isPostgres()
    ? [
        "select table_name, column_name from information_schema.columns where table_schema = 'public' order by 1, 2",
        "select indexdef from pg_indexes where schemaname = 'public' order by 1",
      ]
    : ['select name, sql from sqlite_schema order by name']
  return JSON.stringify(await Promise.all(schema.map((sql) => rowsIn(database, sql))))
}

/** Whether a process is migrating: it holds the lock of the file, or that of migrations. */
async function isMigrating(): Promise<boolean> {
  if (isPostgres()) {
    const held = await rowsIn(
      database,
      `select 1 from pg_locks where locktype = 'advisory' and granted
       and database = (select oid from pg_database where datname = current_database())`,
    )
    return held.length > 0
  }
  const file = new DatabaseSync(database, { timeout: 0 })
  try {
    file.exec('begin immediate')
    return false
  } catch {
    return true
  } finally {
    file.close()
  }
}

const migrations = (): Promise<Record<string, unknown>[]> =>
  rowsIn(database, 'select name, works_with from keyhaven_migrations order by name')

/** A role of an operator, who lets it read new tables by default; roles belong to a whole server. */
const reader = `reader_${randomBytes(6).toString('hex')}`

/** Lets it read some columns of `tokens` and all of `sessions`. */
const grants = [
  `create role ${reader}`,
  `grant select on sessions to ${reader}`,
  `grant select (jti, session_id, expires_at) on tokens to ${reader}`,
  `alter default privileges grant select on tables to ${reader}`,
]

/** What that role may read of the tables of migration 010. */
async function readable(): Promise<readonly unknown[]> {
  const rows = await rowsIn(
    database,
    `select format('%s %s', table_name, privilege_type) as granted from information_schema.role_table_grants
     where grantee = '${reader}' and table_name in ('credentials', 'sessions', 'tokens')
     union
     select format('%s.%s %s', table_name, column_name, privilege_type) from information_schema.column_privileges
     where grantee = '${reader}' and table_name = 'tokens'
     order by 1`,
  )
  return rows.map(({ granted }) => granted)
}

describe('migrations', () => {
  it('refuse tables that views or triggers of an operator use, and name these', async () => {
    const made = isPostgres()
      ? [
          'create function noted() returns trigger language plpgsql as $$ begin return new; end $$',
          'create trigger noting after update on tokens for each row execute function noted()',
          'create policy own on sessions using (true)',
          "create function owner(sessions) returns text language sql as 'select $1.account_id'",
        ]
      : ['create trigger noting after update on tokens begin select 1; end']
    await changeIn(
      database,
      ...made,
      'create table devices (id text references sessions (id))',
      'create view report as select id, account_id from sessions',
      'create view "Monthly report" as select account_id from report',
      'create view addresses as select email from accounts',
    )
    const before = await tables()
    const refused = begin(keyhaven, ['start'])
    expect(await refused.exited).toBe(78)
    const names = isPostgres()
      ? 'the view "Monthly report", the view report, the trigger noting on tokens, the policy own on sessions, the foreign key devices_id_fkey of devices, the function owner(sessions)'
      : 'the view Monthly report, the view report, the trigger noting, the foreign key of devices'
    expect(refused.output()).toBe(
      `keyhaven: The migration has changed nothing, because ${names} use tables that it replaces: drop them, start again, then create them anew.\n`,
    )
    expect(await tables()).toBe(before)
    await changeIn(
      database,
      'drop view "Monthly report"',
      ...(isPostgres()
        ? [
            'drop trigger noting on tokens',
            'drop policy own on sessions',
            'drop function owner(sessions)',
          ]
        : ['drop trigger noting']),
      'drop table devices',
    )
    const again = begin(keyhaven, ['accounts', 'list'])
    expect(await again.exited).toBe(78)
    expect(again.output()).toContain('because the view report uses tables')
    await changeIn(database, 'drop view report')
    if (isPostgres()) return
    await changeIn(database, 'create view broken as select id from gone')
    const broken = begin(keyhaven, ['start'])
    expect(await broken.exited).toBe(78)
    expect(broken.output()).toBe(
      'keyhaven: The migration has changed nothing, because the view broken does not work (no such table: main.gone): drop it, start again, then create it anew if you need it.\n',
    )
    await changeIn(database, 'drop view broken')
  })

  it('leave the tables as they were if kill -9 ends them in the middle', async () => {
    if (isPostgres()) await changeIn(database, ...grants)
    const before = await tables()
    const restore = await backUp(database)
    let longest = 40
    for (let kills = 0; kills < doses.migrationKills; ) {
      const running = begin(keyhaven, ['start'])
      const isOver = running.exited.then(() => true)
      // A busy machine may look too late
      const isLate = (): boolean => running.output().includes('ready at')
      while (!(await isMigrating()) && !isLate()) {
        if (await Promise.race([isOver, sleep(1, false)])) throw new Error(running.output())
      }
      await sleep(randomInt(longest + 1))
      await running.stop('SIGKILL')
      await until('nothing of it runs', async () => !(await isMigrating()))
      if ((await tables()) === before) kills++
      else {
        // It was killed too late: everything must be there, and the next one is killed sooner
        expect((await migrations()).at(-1)?.['name']).toBe(LAST)
        longest = Math.floor(longest / 2)
        await restore()
      }
    }
  })

  it('are applied once by two processes that start at once, say what works with the tables, and keep grants', async () => {
    const both = await Promise.all([startHere(), startHere()])
    const rows = await migrations()
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length)
    expect(rows.map(({ name }) => name)).toContain('009-support')
    expect(rows.every(({ works_with: least }) => String(least) >= '009-support')).toBe(true)
    const accounts = await rowsIn(database, 'select email from accounts')
    expect(accounts).toEqual([{ email: 'a@example.com' }])
    if (isPostgres()) {
      expect(await readable()).toEqual([
        'credentials SELECT',
        'sessions SELECT',
        'tokens.expires_at SELECT',
        'tokens.jti SELECT',
      ])
    }
    for (const one of both) expect(await one.stop()).toBe(0)
  })

  it('let the former version refuse the tables of this one, with one sentence that says what to do', async () => {
    const before = await migrations()
    const [refused, careful] = [[], ['--no-migrate']].map((flags) =>
      begin(former.keyhaven, ['start', ...flags]),
    )
    expect([await refused?.exited, await careful?.exited]).toEqual([1, 78])
    expect(refused?.output()).toBe(
      'keyhaven: corrupted migrations: previously executed migration 010-credentials, with which only later versions of Keyhaven work (start one of these, or restore the backup from before the upgrade), is missing\n',
    )
    expect(await migrations()).toEqual(before)
  })

  it('of a newer version are accepted if it works with this one, else refused with one sentence', async () => {
    const last = String((await migrations()).at(-1)?.['name'])
    const next = (worksWith: string): string =>
      `insert into keyhaven_migrations (name, works_with, applied_at, version)
       values ('998-${worksWith}', '${worksWith}', 0, '7.8.9')`
    await changeIn(database, next(last))
    const running = await startHere()
    expect(await running.stop()).toBe(0)
    await changeIn(database, next('998-next'))
    for (const refused of [['start'], ['accounts', 'list']].map((args) => begin(keyhaven, args))) {
      expect(await refused.exited).toBe(78)
      expect(refused.output()).toMatch(
        /^keyhaven: The database is newer than this version of Keyhaven \(.*\), which can’t work with migration 998-998-next of version 7\.8\.9: install that version again, or restore a backup from before the upgrade\.\n$/,
      )
    }
    await changeIn(database, "delete from keyhaven_migrations where name like '998-%'")
  })

  it('refuse a backup of the former version that was restored over tables of this one', async () => {
    const row = "('001-accounts-sessions-tokens', '2026-01-01T00:00:00.000Z')"
    await changeIn(database, `insert into kysely_migration values ${row}`)
    const refused = begin(keyhaven, ['start'])
    expect(await refused.exited).toBe(78)
    expect(refused.output()).toContain('empty the database, restore the backup again, then start')
    await changeIn(database, "delete from kysely_migration where name like '001%'")
  })
})
