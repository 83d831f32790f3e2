import { sql } from 'kysely'
import { compiled } from '../../database/compiled.ts'
import type { Connection } from '../../database/database.ts'
import { overRows } from '../../database/over-rows.ts'
import { asLocked } from '../../database/locked.ts'
import type { Locked } from '../../database/locked.ts'
import type { AuditRow } from './audit.ts'
import type { ChainPlace } from './chain-place.ts'
import type { InstallationRow } from '../installation.ts'
import { findFact, putFact } from '../installation.ts'

/** A row with a place in the chain. */
export type SealedRow = AuditRow & ChainPlace

/** The name of the fact that stores the end of the chain. */
export const HEAD = 'audit'

/** The place before the first row. */
export const START: ChainPlace = { number: 0, hash: '' }

const anyUnsealed = compiled((db) =>
  db.selectFrom('audit').select('id').where('number', 'is', null).limit(1),
)

/** Whether any row has no place in the chain yet. */
export async function hasUnsealed(db: Connection): Promise<boolean> {
  return (await anyUnsealed(db)).length > 0
}

/** Rows without a place in the chain, oldest first. */
export function unsealedRows(db: Connection, limit: number): Promise<AuditRow[]> {
  return db
    .selectFrom('audit')
    .selectAll()
    .where('number', 'is', null)
    .orderBy('id')
    .limit(limit)
    .execute()
}

/** The place that a row gets in the chain, once. */
export interface Seal extends ChainPlace {
  readonly id: number
}

const seal = overRows(
  'audit',
  ['id', 'number', 'hash'],
  (given) => sql`
    update audit set number = given.number, hash = given.hash
    from ${given} as given where audit.id = given.id
  `,
)

/** Writes the places of rows. */
export async function putSeals(
  db: Connection,
  _from: Locked<ChainPlace>,
  seals: readonly Seal[],
): Promise<void> {
  await seal(db, seals)
}

/** Rows of the chain after a number, or from the first, in order. */
export async function sealedRows(
  db: Connection,
  after: number | undefined,
  limit: number,
): Promise<SealedRow[]> {
  const rows = await db
    .selectFrom('audit')
    .selectAll()
    .where('number', 'is not', null)
    .$if(after !== undefined, (query) => query.where('number', '>', after ?? 0))
    .orderBy('number')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ ...row, number: row.number ?? 0, hash: row.hash ?? '' }))
}

/** The seal of the row with a number. */
export async function sealAt(db: Connection, number: number): Promise<string | undefined> {
  const row = await db
    .selectFrom('audit')
    .select('hash')
    .where('number', '=', number)
    .executeTakeFirst()
  return row?.hash ?? undefined
}

/** The row of the chain with the highest number. */
export async function lastSealed(db: Connection): Promise<ChainPlace> {
  const row = await db
    .selectFrom('audit')
    .select(['number', 'hash'])
    .where('number', 'is not', null)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  return { number: row?.number ?? 0, hash: row?.hash ?? '' }
}

/** Whether a row of the chain records that the database of this log was restored or lost writes. */
export async function isReplacedLog(db: Connection, log: string): Promise<boolean> {
  const rows = await db
    .selectFrom('audit')
    .select('details')
    .where('action', 'in', ['database.restored', 'database.writes_lost'])
    .where('number', 'is not', null)
    .execute()
  return rows.some(({ details }) => details?.includes(`"formerLog":${JSON.stringify(log)}`))
}

/** The end of the chain, as stored by the last process that sealed. */
export async function findHead(db: Connection): Promise<ChainPlace | undefined> {
  const text = await findFact(db, HEAD)
  return text === undefined ? undefined : headOf(text)
}

/** Parses a stored end; one that can't be parsed counts as 0. */
export function headOf(text: string): ChainPlace {
  const [, number, hash = ''] = /^(\d{1,15}):([\w-]*)$/.exec(text) ?? []
  return { number: Number(number ?? 0), hash }
}

/**
 * The end of the chain, locked until the transaction ends, so that sealing processes take turns.
 */
export async function lockHead(db: Connection): Promise<Locked<ChainPlace>> {
  const row = await db
    .selectFrom('installation')
    .select('value')
    .where('name', '=', HEAD)
    .forUpdate()
    .executeTakeFirst()
  return asLocked(headOf(row?.value ?? ''))
}

/** Moves the locked end of the chain. */
export async function putHead(
  db: Connection,
  _from: Locked<ChainPlace>,
  { number, hash }: ChainPlace,
): Promise<void> {
  const value = `${number}:${hash}`
  await db
    .insertInto('installation')
    .values({ name: HEAD, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute()
}

/** Stores the end of an empty chain. */
export async function beginChain(db: Connection, of: Locked<InstallationRow>): Promise<void> {
  await putFact(db, of, { name: HEAD, value: `${START.number}:${START.hash}` })
}
