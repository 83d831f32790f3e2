import { sql } from 'kysely'
import type { Connection } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import { overRows } from '../../database/over-rows.ts'
import type { Account } from '../accounts.ts'
import type { AuditRow } from './audit.ts'
import type { ChainPlace } from './chain-place.ts'

/** What identifies the rows about a person. */
export interface AuditOf {
  readonly account: Locked<Account>
  /** `details` of rows that name a login of the account by its keyed hash only. */
  readonly logins: readonly string[]
}

/**
 * Rows from which an erasure removes values: the network address of the person, and of unknown
 * callers who tried to sign in as them; reasons that others wrote about them; keyed hashes of their
 * logins. Addresses of operators stay.
 */
export async function rowsToErase(
  db: Connection,
  { account: { id }, logins }: AuditOf,
  most: number,
): Promise<AuditRow[]> {
  const about = await db
    .selectFrom('audit')
    .selectAll()
    .where('account_id', '=', id)
    .where(
      sql<boolean>`((actor_id is null and address is not null) or (actor_id is not null and reason is not null))`,
    )
    .limit(most)
    .execute()
  if (about.length >= most) return about
  const by = await db
    .selectFrom('audit')
    .selectAll()
    .where('actor_id', '=', id)
    .where('address', 'is not', null)
    .limit(most - about.length)
    .execute()
  const unknown = await db
    .selectFrom('audit')
    .selectAll()
    .where(sql<boolean>`account_id is null`)
    .where('details', 'in', logins)
    .limit(most)
    .execute()
  return [...new Map([...about, ...by, ...unknown].map((row) => [row.id, row])).values()]
}

/** The seals of rows by their numbers. */
export async function sealsAt(
  db: Connection,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  if (numbers.length === 0) return new Map()
  const rows = await db
    .selectFrom('audit')
    .select(['number', 'hash'])
    .where('number', 'in', numbers)
    .execute()
  return new Map(rows.map(({ number, hash }) => [number ?? 0, hash ?? '']))
}

const put = overRows(
  'audit',
  ['id', 'reason', 'address', 'details', 'erased'],
  (given) => sql`
    update audit set reason = given.reason, address = given.address, details = given.details,
      erased = given.erased
    from ${given} as given where audit.id = given.id
  `,
)

/** Writes what is left of rows. The locked end of the chain keeps them from being sealed meanwhile. */
export async function putErased(
  db: Connection,
  _from: Locked<ChainPlace>,
  rows: readonly Pick<AuditRow, 'id' | 'reason' | 'address' | 'details' | 'erased'>[],
): Promise<void> {
  await put(db, rows)
}
