import { sql } from 'kysely'
import type { Selectable } from 'kysely'
import { compiled, inserting } from '../../database/compiled.ts'
import type { Connection } from '../../database/database.ts'
import { asLocked } from '../../database/locked.ts'
import type { Locked } from '../../database/locked.ts'
import type { CredentialTable } from '../../database/tables/credential.ts'
import type { Account } from '../accounts.ts'

/** A row of `credentials`. */
export type Credential = Selectable<CredentialTable>

/** A credential with its kind and its account. */
export interface OwnedCredential {
  readonly id: string
  readonly kind: string
  readonly accountId: string
}

/** The installation's epoch as a column of a query; credentials of an earlier one have ended. */
export const epochNow = sql<number>`coalesce((select cast(value as integer) from installation where name = 'epoch'), 0)`

/** Whether no restore has ended the credential: its kind outlives one, or it is of this epoch. */
export const isOfEpoch = sql<boolean>`(credentials.epoch is null or credentials.epoch >= ${epochNow})`

/** A live credential of a locked account, without the epoch, which queries compare. */
export type NewCredential = Omit<Credential, 'epoch'>

/** A credential to write. */
export interface Made extends Omit<NewCredential, 'account_id' | 'ended_at' | 'end_code'> {
  /** Whether a restore of the database leaves it live, if it also leaves what it is made from. */
  readonly outlives: boolean
}

const columns = [
  'id',
  'kind',
  'account_id',
  'client_id',
  'scope',
  'parent_id',
  'created_at',
  'last_used_at',
  'idle_expires_at',
  'absolute_expires_at',
  'ended_at',
  'end_code',
] as const

const writeOfEpoch = inserting('credentials', columns, { epoch: epochNow })
const writeLasting = inserting('credentials', columns, { epoch: sql`null` })

/**
 * Inserts a credential of a locked account. No other transaction can see it before this one ends, so
 * it counts as locked.
 */
export async function insertCredential(
  db: Connection,
  { id: account_id }: Locked<Account>,
  { outlives, ...made }: Made,
): Promise<Locked<NewCredential>> {
  const credential = { ...made, account_id, ended_at: null, end_code: null }
  const { parent_id } = credential
  const lasts = outlives && (parent_id === null || (await isLasting(db, parent_id)))
  await (lasts ? writeLasting : writeOfEpoch)(db, credential)
  return asLocked(credential)
}

/** Whether a restore of the database leaves a credential live. */
async function isLasting(db: Connection, id: string): Promise<boolean> {
  const { epoch } = await db
    .selectFrom('credentials')
    .select('epoch')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return epoch === null
}

const endableById = compiled((db, id: string) =>
  db
    .selectFrom('credentials')
    .select(['id', 'kind', 'account_id as accountId'])
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .where(isOfEpoch),
)

/** Finds a credential of any kind that nothing has ended. */
export async function findEndable(
  db: Connection,
  id: string,
): Promise<OwnedCredential | undefined> {
  return (await endableById(db, id))[0]
}

/** Reads a credential of a locked account; every change of a credential holds that lock. */
export async function lockEndable(
  db: Connection,
  { id: accountId }: Locked<Account>,
  id: string,
): Promise<Locked<OwnedCredential> | undefined> {
  const found = await findEndable(db, id)
  return found?.accountId === accountId ? asLocked(found) : undefined
}

const endableOfAccount = compiled((db, accountId: string) =>
  db
    .selectFrom('credentials')
    .select(['id', 'kind'])
    .where('account_id', '=', accountId)
    .where('ended_at', 'is', null)
    .where(isOfEpoch)
    .orderBy('created_at')
    .orderBy('id'),
)

/** Credentials of a locked account, of every kind, that nothing has ended yet; oldest first. */
export async function endableCredentials(
  db: Connection,
  { id: accountId }: Locked<Account>,
): Promise<Locked<OwnedCredential>[]> {
  const rows = await endableOfAccount(db, accountId)
  return rows.map(({ id, kind }) => asLocked({ id, kind, accountId }))
}

/** Ids of the credentials of these accounts that nothing has ended. */
export async function endableOf(
  db: Connection,
  accountIds: readonly string[],
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('credentials')
    .select('id')
    .where('account_id', 'in', accountIds)
    .where('ended_at', 'is', null)
    .execute()
  return rows.map(({ id }) => id)
}

/** Notes a use of a credential, which moves its idle limit if it has one. */
export async function touchCredential(
  db: Connection,
  { id }: Locked<Pick<Credential, 'id'>>,
  times: { readonly lastUsedAt: number; readonly idleExpiresAt: number | null },
): Promise<void> {
  await db
    .updateTable('credentials')
    .set({ last_used_at: times.lastUsedAt, idle_expires_at: times.idleExpiresAt })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .execute()
}
