import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Tables } from '../../database/tables.ts'

/** A table whose rows of an account an erasure deletes, some at a time. */
export interface Eraser {
  readonly table: keyof Tables
  /** The column with the key of a row. */
  readonly key: string
  /** Which rows `own` belong to the account and are deleted, by an index. */
  readonly where: (account: string) => RawBuilder<boolean>
  /** Whether rows refer to others of the table: `where` then holds for more rows after each delete. */
  readonly isTree?: true
}

const isOwned = (account: string): RawBuilder<boolean> => sql`own.account_id = ${account}`

/**
 * The tables that an erasure empties, in the order in which their rows refer to each other. A new
 * table with an `account_id` is added here, and its columns to `docs/operate/personal-data.md`.
 */
export const erasers: readonly Eraser[] = [
  {
    table: 'tokens',
    key: 'jti',
    where: (account) =>
      sql`own.credential_id in (select id from credentials where account_id = ${account})`,
  },
  { table: 'links', key: 'id', where: isOwned },
  { table: 'devices', key: 'id', where: isOwned },
  { table: 'attempts', key: 'id', where: isOwned },
  { table: 'factors', key: 'id', where: isOwned },
  { table: 'recovery_codes', key: 'code_hmac', where: isOwned },
  { table: 'outbox', key: 'id', where: isOwned },
  {
    // The notice of an erasure at once is still to be sent
    table: 'mails',
    key: 'id',
    where: (account) => sql`${isOwned(account)} and own.template <> 'erased'`,
  },
  {
    // The rows of its kinds are deleted with a credential
    table: 'credentials',
    key: 'id',
    where: (account) => sql`${isOwned(account)} and not exists
      (select 1 from credentials as below where below.parent_id = own.id)`,
    isTree: true,
  },
]
