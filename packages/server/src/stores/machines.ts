import type { Selectable } from 'kysely'
import type { Connection } from '../database/database.ts'
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
