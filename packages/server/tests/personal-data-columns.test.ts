import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { newFolder } from '@keyhaven/stage/processes/served'

const PAGE = 'docs/operate/personal-data.md'
const page = readFileSync(join(import.meta.dirname, '../../..', PAGE), 'utf8')
const [, personal = '', others = ''] = page.split(
  /^## (?:What is stored, and what an erasure does|Columns without personal data)$/m,
)

const folder = newFolder()
const database = await databaseIn(folder)
afterAll(() => rmSync(folder, { recursive: true }))

/** The columns in the rows of a table of the page: `table.column` in a code mark. */
function listed(section: string): string[] {
  const rows = section.split('\n## ')[0]?.split('\n') ?? []
  return rows
    .filter((line) => line.startsWith('| '))
    .flatMap((line) => [...line.matchAll(/`(\w+\.\w+)`/g)].map(([, name = '']) => name))
}

/** Every column of the service's tables. Those of the engine, and of the former list of migrations, are none. */
async function columns(): Promise<string[]> {
  const rows = await rowsIn(
    database,
    database.startsWith('postgres')
      ? 'select table_name, column_name from information_schema.columns where table_schema = current_schema()'
      : `select tables.name as table_name, columns.name as column_name
         from sqlite_schema as tables, pragma_table_info(tables.name) as columns
         where tables.type = 'table' and tables.name not like 'sqlite_%'`,
  )
  return rows
    .filter(({ table_name }) => !String(table_name).startsWith('kysely_'))
    .map(({ table_name, column_name }) => `${String(table_name)}.${String(column_name)}`)
}

/** What a developer does about a column that the page lacks. */
const remedy = (missing: readonly string[]): string =>
  `${PAGE} lacks ${missing.join(', ')}: add each column to its first table, with what an erasure does, or to “Columns without personal data”. Rows of an account are deleted by stores/personal-data/erasers.ts, and exported by flows/personal-data/export.ts.`

async function missing(): Promise<string[]> {
  const known = new Set([...listed(personal), ...listed(others)])
  return (await columns()).filter((name) => !known.has(name)).toSorted()
}

describe(PAGE, () => {
  it('lists every column of every table once, as personal or as not, and none that is gone (R100)', async () => {
    const lacks = await missing()
    expect(lacks, remedy(lacks)).toEqual([])
    const known = [...listed(personal), ...listed(others)]
    expect(known.filter((name, at) => known.indexOf(name) !== at)).toEqual([])
    const there = await columns()
    expect(known.filter((name) => !there.includes(name))).toEqual([])
  })

  it('is found to lack a new column and a new table', async () => {
    await changeIn(
      database,
      'alter table accounts add column planted text',
      'create table planted (secret text)',
    )
    expect(await missing()).toEqual(['accounts.planted', 'planted.secret'])
  })
})
