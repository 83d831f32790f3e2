import { sql, SqliteAdapter } from 'kysely'
import { ConfigurationError } from '../config/configuration-error.ts'
import type { Connection } from './database.ts'

// An operator may have made views, triggers and grants on tables that a migration drops or rebuilds.

/** What an operator made on a table, as one names it in a statement. */
interface Made {
  readonly kind: string
  readonly name: string
}

/**
 * Drops or rebuilds tables. What an operator granted on a table that is there afterwards stays.
 * @throws ConfigurationError if a view, trigger, policy, foreign key or function of an operator uses one of them.
 */
export async function rebuilding(
  db: Connection,
  tables: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  if (tables.length === 0) return work()
  if (isSqlite(db)) {
    const made = await madeInFile(db, tables)
    if (made.length > 0) throw new ConfigurationError(refusal(made))
    return work().catch((error: unknown) => {
      throw brokenSentence(error)
    })
  }
  const made = await madeOnServer(db, tables)
  if (made.length > 0) throw new ConfigurationError(refusal(made))
  const existing = [...(await columnsOf(db, tables)).keys()]
  if (existing.length === 0) return work()
  const before = await grantsOn(db, existing)
  await work()
  await setGrants(db, existing, before)
}

/**
 * SQLite renames no table while any view or trigger of the file names something that does not exist,
 * whichever tables it uses.
 */
function brokenSentence(error: unknown): unknown {
  const message = error instanceof Error ? error.message : ''
  const [, made, why] = /^error in ((?:view|trigger) .+?): (.+)$/s.exec(message) ?? []
  if (made === undefined) return error
  const sentence = `The migration has changed nothing, because the ${made} does not work (${why}): drop it, start again, then create it anew if you need it.`
  return new ConfigurationError(sentence, { cause: error })
}

function refusal(made: readonly Made[]): string {
  const names = made.map(({ kind, name }) => `${kind} ${name}`).join(', ')
  const [use, all] = made.length === 1 ? ['uses', 'it'] : ['use', 'them']
  return `The migration has changed nothing, because ${names} ${use} tables that it replaces: drop ${all}, start again, then create ${all} anew.`
}

function isSqlite(db: Connection): boolean {
  return db.getExecutor().adapter instanceof SqliteAdapter
}

/**
 * Views and triggers whose text names one of the tables, or a view that does. SQLite records no
 * dependencies, so a word that only looks like the name counts too.
 */
async function madeInFile(db: Connection, tables: readonly string[]): Promise<Made[]> {
  const { rows } = await sql<{ type: string; name: string; table: string; text: string }>`
    select type, name, tbl_name as "table", sql as text from sqlite_schema
    where type in ('view', 'trigger') order by type desc, name`.execute(db)
  const names = new Set(tables)
  const found = new Set<(typeof rows)[number]>()
  for (let before = -1; before < found.size; ) {
    before = found.size
    for (const row of rows) {
      if (![row.table, ...wordsOf(row.text)].some((word) => names.has(word.toLowerCase()))) continue
      found.add(row)
      if (row.type === 'view') names.add(row.name.toLowerCase())
    }
  }
  return [
    ...rows
      .filter((row) => found.has(row))
      .map(({ type, name }) => ({ kind: `the ${type}`, name })),
    ...(await keysInFile(db, tables)),
  ]
}

/** Foreign keys of other tables to these. */
async function keysInFile(db: Connection, tables: readonly string[]): Promise<Made[]> {
  const names = sql.join(tables)
  const { rows } = await sql<{ name: string }>`
    select distinct made.name from sqlite_schema as made, pragma_foreign_key_list(made.name) as key
    where made.type = 'table' and lower(key."table") in (${names}) and lower(made.name) not in (${names})
    order by 1`.execute(db)
  return rows.map(({ name }) => ({ kind: 'the foreign key of', name }))
}

function wordsOf(text: string): readonly string[] {
  return text.match(/[\p{L}\p{N}_$]+/gu) ?? []
}

/**
 * Views that depend on the tables, also by other views, triggers and policies of them, foreign keys to
 * them, and functions that use their rows.
 */
async function madeOnServer(db: Connection, tables: readonly string[]): Promise<Made[]> {
  const ids = idsOf(tables)
  const { rows } = await sql<Made>`
    with recursive above (id) as (
      select unnest(${ids})
      union
      select rule.ev_class from above
      join pg_depend on refclassid = 'pg_class'::regclass and refobjid = above.id
        and classid = 'pg_rewrite'::regclass
      join pg_rewrite as rule on rule.oid = objid
    )
    select 1 as place, case relkind when 'm' then 'the materialized view' else 'the view' end as kind,
      pg_class.oid::regclass::text as name
    from above join pg_class on pg_class.oid = above.id where relkind in ('v', 'm')
    union all
    select 2, 'the trigger', format('%I on %s', tgname, tgrelid::regclass) from pg_trigger
    where tgrelid = any(${ids}) and not tgisinternal
    union all
    select 3, 'the policy', format('%I on %s', polname, polrelid::regclass) from pg_policy
    where polrelid = any(${ids})
    union all
    select 4, 'the foreign key', format('%I of %s', conname, conrelid::regclass) from pg_constraint
    where contype = 'f' and confrelid = any(${ids}) and conrelid <> all(${ids})
    union
    select 5, 'the function', objid::regprocedure::text from pg_class
    join pg_depend on classid = 'pg_proc'::regclass
      and (refclassid, refobjid) in (('pg_class'::regclass, pg_class.oid), ('pg_type'::regclass, reltype))
    where pg_class.oid = any(${ids})
    order by 1, 3`.execute(db)
  return rows
}

/** The tables among these that exist, as `oid[]`. */
function idsOf(tables: readonly string[]) {
  const found = sql.join(tables.map((name) => sql`to_regclass(${name})::oid`))
  return sql`array_remove(array[${found}], null)`
}

/** Who may do what with a table, or with a column of it. */
interface Grant {
  readonly table: string
  readonly column: string | null
  readonly grantee: string
  readonly privilege: string
  readonly grantable: boolean
}

/** What roles other than the owner may do with the tables. */
async function grantsOn(db: Connection, tables: readonly string[]): Promise<Grant[]> {
  const { rows } = await sql<Grant>`
    with given as (
      select relname, relowner, null::name as attname, relacl as acl from pg_class
      where oid = any(${idsOf(tables)})
      union all
      select relname, relowner, attname, attacl from pg_class
      join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
      where pg_class.oid = any(${idsOf(tables)})
    )
    select relname as "table", attname as "column", privilege_type as privilege,
      case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end as grantee,
      bool_or(is_grantable) as grantable
    from given, aclexplode(acl) where grantee <> relowner
    group by 1, 2, 3, 4`.execute(db)
  return rows
}

/** Grants what was granted, as far as the columns still exist, and revokes what a default has granted since. */
async function setGrants(
  db: Connection,
  tables: readonly string[],
  before: readonly Grant[],
): Promise<void> {
  for (const grant of await grantsOn(db, tables)) {
    await sql`revoke ${what(grant)} from ${sql.raw(grant.grantee)}`.execute(db)
  }
  const columns = await columnsOf(db, tables)
  for (const grant of before) {
    const { table, column, grantee, grantable } = grant
    if (!columns.has(table)) continue
    if (column !== null && columns.get(table)?.has(column) !== true) continue
    const option = grantable ? sql` with grant option` : sql``
    await sql`grant ${what(grant)} to ${sql.raw(grantee)}${option}`.execute(db)
  }
}

function what({ table, column, privilege }: Grant) {
  const of = column === null ? sql`` : sql` (${sql.ref(column)})`
  return sql`${sql.raw(privilege)}${of} on ${sql.table(table)}`
}

async function columnsOf(
  db: Connection,
  tables: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const { rows } = await sql<{ table: string; columns: string[] }>`
    select relname as "table", array_agg(attname::text) as columns from pg_class
    join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
    where pg_class.oid = any(${idsOf(tables)}) group by 1`.execute(db)
  return new Map(rows.map(({ table, columns }) => [table, new Set(columns)]))
}
