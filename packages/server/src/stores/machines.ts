import type { Selectable } from 'kysely'
import type { Connection } from '../database/database.ts'
import { asLocked } from '../database/locked.ts'
import type { Locked } from '../database/locked.ts'
import type { MachineTable } from '../database/tables/machine.ts'
import type { InstallationRow } from './installation.ts'

/** A row of `machines`. */
export type Machine = Selectable<MachineTable>

/** Inserts a machine. */
export async function insertMachine(
  db: Connection,
  _of: Locked<InstallationRow>,
  row: Machine,
): Promise<void> {
  await db.insertInto('machines').values(row).execute()
}

/** Finds a machine by the hash of its key. */
export function findMachineByHash(db: Connection, hash: string): Promise<Machine | undefined> {
  return db.selectFrom('machines').selectAll().where('key_sha256', '=', hash).executeTakeFirst()
}

/** Finds a machine by its name, locked. */
export async function lockMachineByName(
  db: Connection,
  name: string,
): Promise<Locked<Machine> | undefined> {
  const row = await db
    .selectFrom('machines')
    .selectAll()
    .where('name', '=', name)
    .forUpdate()
    .executeTakeFirst()
  return row && asLocked(row)
}

/** Finds a machine by its id, locked. */
export async function lockMachine(
  db: Connection,
  id: string,
): Promise<Locked<Machine> | undefined> {
  const row = await db
    .selectFrom('machines')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  return row && asLocked(row)
}

/** The first machines by name, after one if it is given. */
export function machinesAfter(
  db: Connection,
  after: string | undefined,
  limit: number,
): Promise<Machine[]> {
  return db
    .selectFrom('machines')
    .selectAll()
    .$if(after !== undefined, (query) => query.where('name', '>', after ?? ''))
    .orderBy('name')
    .limit(limit)
    .execute()
}

/** Sets when a machine was last used. */
export async function touchMachine(
  db: Connection,
  { id }: Locked<Machine>,
  now: number,
): Promise<void> {
  await db.updateTable('machines').set({ last_used_at: now }).where('id', '=', id).execute()
}

/** Deletes a machine. */
export async function deleteMachine(db: Connection, { id }: Locked<Machine>): Promise<void> {
  await db.deleteFrom('machines').where('id', '=', id).execute()
}
