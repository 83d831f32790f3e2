import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Tables } from '../../database/tables.ts'

/** A table whose rows of an account an erasure deletes, some at a time. */
export interface Eraser {
  readonly table: keyof Tables
  /** The column with the key of a row. The account is in `account_id`. */
  readonly key: string
  /** Which rows `own` are deleted. */
  readonly where?: RawBuilder<boolean>
  /** Whether rows refer to others of the table: `where` then holds for more rows after each delete. */
  readonly isTree?: true
}

/**
 * The tables that an erasure empties, in the order in which their rows refer to each other. A new
 * table with an `account_id` is added here, and its columns to
 * `docs/operate/personal-data.md`.
 */
export const erasers: readonly Eraser[] = [
  { table: 'tokens', key: 'jti' },
  { table: 'links', key: 'id' },
  { table: 'devices', key: 'id' },
  { table: 'outbox', key: 'id' },
  // The notice of an erasure at once is still to be sent
  { table: 'mails', key: 'id', where: sql`own.template <> 'erased'` },
  {
    // The rows of its kinds are deleted with a credential
    table: 'credentials',
    key: 'id',
    where: sql`not exists (select 1 from credentials as below where below.parent_id = own.id)`,
    isTree: true,
  },
]
