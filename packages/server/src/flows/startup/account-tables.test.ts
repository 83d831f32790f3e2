import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { afterAll, describe, expect, it } from 'vitest'
import { accountTables } from './account-tables.ts'

const folder = mkdtempSync(join(tmpdir(), 'keyhaven-tables-'))
const database = await databaseIn(folder)
afterAll(() => rmSync(folder, { recursive: true }))

/** A column with an account's id: it refers to `accounts`, or its name says so. */
const named = "name in ('account', 'actor_id') or name like '%account_id'"

const onSqlite = `select distinct tables.name as name from sqlite_schema as tables
  where type = 'table' and (tables.name = 'accounts'
    or exists (select 1 from pragma_foreign_key_list(tables.name) where "table" = 'accounts')
    or exists (select 1 from pragma_table_info(tables.name) where ${named}))`

const onPostgres = `select distinct name from (
    select 'accounts' as name
    union all select conrelid::regclass::text from pg_constraint where confrelid = 'accounts'::regclass
    union all select table_name from (select table_name, column_name as name
      from information_schema.columns where table_schema = current_schema()) as columns where ${named}
  ) as tables`

async function tablesWithAccounts(): Promise<string[]> {
  const rows = await rowsIn(database, database.startsWith('postgres') ? onPostgres : onSqlite)
  return rows.map(({ name }) => String(name))
}

describe('every table with an account’s id', () => {
  it('is named by a kind of credential or by an eraser, and a new one is found', async () => {
    const known = await tablesWithAccounts()
    expect(known).toEqual(expect.arrayContaining(['accounts', 'credentials', 'tokens', 'audit']))
    expect(known.filter((name) => !accountTables.has(name))).toEqual([])
    await changeIn(
      database,
      'create table planted_columns (account_id text)',
      'create table planted_references (owner text references accounts (id))',
    )
    const found = (await tablesWithAccounts()).filter((name) => !accountTables.has(name))
    expect(found.toSorted()).toEqual(['planted_columns', 'planted_references'])
  })

  it('exists: neither names a table that is gone', async () => {
    for (const name of accountTables.keys()) {
      expect(await rowsIn(database, `select * from ${name} limit 0`)).toEqual([])
    }
  })
})
