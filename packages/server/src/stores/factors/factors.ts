import type { DeleteQueryBuilder, DeleteResult, Insertable, Selectable } from 'kysely'
import type { Connection } from '../../database/database.ts'
import { asLocked } from '../../database/locked.ts'
import type { Locked } from '../../database/locked.ts'
import type { Tables } from '../../database/tables.ts'
import type { FactorTable } from '../../database/tables/factor.ts'
import type { Account } from '../accounts.ts'

/** A row of `factors`. */
export type Factor = Selectable<FactorTable>

/** Factors of an account, and enrolments that were begun: far more than a user needs. */
export const MOST_FACTORS = 25

/** Milliseconds from the secret of an authenticator app to the code that confirms it. */
export const ENROLMENT_LIFE = 15 * 60_000

/** Lists the factors of an account that its user proved to have, oldest first. */
export function factorsOf(db: Connection, accountId: string): Promise<Factor[]> {
  return db
    .selectFrom('factors')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('confirmed_at', 'is not', null)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
}

/** Whether an account has a second factor. */
export async function hasFactor(db: Connection, accountId: string): Promise<boolean> {
  const row = await db
    .selectFrom('factors')
    .select('id')
    .where('account_id', '=', accountId)
    .where('confirmed_at', 'is not', null)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** One factor of an account, confirmed or not. */
export function findFactor(
  db: Connection,
  { accountId, id }: { readonly accountId: string; readonly id: string },
): Promise<Factor | undefined> {
  return db
    .selectFrom('factors')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirst()
}

/** The passkey with a credential id. */
export function findPasskey(db: Connection, passkeyId: string): Promise<Factor | undefined> {
  return db.selectFrom('factors').selectAll().where('passkey_id', '=', passkeyId).executeTakeFirst()
}

/** Counts the passkeys that belong to another domain than this one. */
export async function countFormerPasskeys(db: Connection, rpId: string): Promise<number> {
  const { count } = await db
    .selectFrom('factors')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('kind', '=', 'passkey')
    .where('about', 'not like', `{"rpId":${JSON.stringify(rpId)},%`)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Writes a factor of a locked account. No other transaction can see it, so it counts as locked. */
export async function insertFactor(
  db: Connection,
  { id: account_id }: Locked<Account>,
  factor: Omit<Insertable<FactorTable>, 'account_id'>,
): Promise<Locked<Pick<Factor, 'id'>>> {
  await db
    .insertInto('factors')
    .values({ ...factor, account_id })
    .execute()
  return asLocked({ id: factor.id })
}

/** Changes one factor of a locked account. */
function one(db: Connection, { id: accountId }: Locked<Account>, id: string) {
  return db.updateTable('factors').where('id', '=', id).where('account_id', '=', accountId)
}

/** Marks a factor of a locked account as proved. @returns false if it is gone, or was already. */
export async function confirmFactor(
  db: Connection,
  account: Locked<Account>,
  { id, counter, at }: { readonly id: string; readonly counter: number; readonly at: number },
): Promise<boolean> {
  const { numUpdatedRows } = await one(db, account, id)
    .set({ confirmed_at: at, counter })
    .where('confirmed_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Counts a wrong code of an authenticator app that is being set up. */
export async function countWrongCode(
  db: Connection,
  account: Locked<Account>,
  id: string,
): Promise<void> {
  await one(db, account, id)
    .set(({ eb }) => ({ counter: eb('counter', '+', 1) }))
    .where('confirmed_at', 'is', null)
    .execute()
}

/** Notes that the factors of a locked account which were set up before its session was open belong to it. */
export async function noteSession(
  db: Connection,
  { id: accountId }: Locked<Account>,
  sessionId: string,
): Promise<void> {
  await db
    .updateTable('factors')
    .set({ session_id: sessionId })
    .where('account_id', '=', accountId)
    .where('session_id', 'is', null)
    .where('confirmed_at', 'is not', null)
    .execute()
}

/**
 * Notes the use of an authenticator app. Of several uses of one time step exactly one succeeds.
 * @returns false if this step or a later one was used already.
 */
export async function useStep(
  db: Connection,
  account: Locked<Account>,
  { id, step, at }: { readonly id: string; readonly step: number; readonly at: number },
): Promise<boolean> {
  const { numUpdatedRows } = await one(db, account, id)
    .set({ counter: step, last_used_at: at })
    .where('counter', '<', step)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Notes the use of a passkey, with its signature counter. @returns false if it is gone. */
export async function notePasskeyUse(
  db: Connection,
  account: Locked<Account>,
  { id, counter, at }: { readonly id: string; readonly counter: number; readonly at: number },
): Promise<boolean> {
  const { numUpdatedRows } = await one(db, account, id)
    .set({ counter, last_used_at: at })
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Names a passkey of a locked account. @returns false if it has none with this id. */
export async function nameFactor(
  db: Connection,
  account: Locked<Account>,
  { id, name }: { readonly id: string; readonly name: string | null },
): Promise<boolean> {
  const { numUpdatedRows } = await one(db, account, id)
    .set({ name })
    .where('confirmed_at', 'is not', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/**
 * Which factors of a locked account are deleted: one, those of a session, those since a time, those not proved
 * yet, or all.
 */
export type FactorChoice =
  | { readonly id: string }
  | { readonly session: string }
  | { readonly since: number }
  | 'unconfirmed'
  | 'all'

type Deletion = DeleteQueryBuilder<Tables, 'factors', DeleteResult>

/** Narrows a deletion to the factors of a choice. */
function chosen(choice: FactorChoice): (query: Deletion) => Deletion {
  if (choice === 'all') return (query) => query
  if (choice === 'unconfirmed') return (query) => query.where('confirmed_at', 'is', null)
  if ('id' in choice) return (query) => query.where('id', '=', choice.id)
  if ('session' in choice) return (query) => query.where('session_id', '=', choice.session)
  return (query) =>
    query.where((where) =>
      where.or([where('confirmed_at', 'is', null), where('confirmed_at', '>=', choice.since)]),
    )
}

/** Deletes factors of a locked account. @returns how many. */
export async function deleteFactors(
  db: Connection,
  { id: accountId }: Locked<Account>,
  choice: FactorChoice,
): Promise<number> {
  const { numDeletedRows } = await chosen(choice)(
    db.deleteFrom('factors').where('account_id', '=', accountId),
  ).executeTakeFirst()
  return Number(numDeletedRows)
}

/** Deletes authenticator apps that were begun before this millisecond and never confirmed. @returns how many. */
export async function dropEnrolmentsBefore(
  db: Connection,
  time: number,
  most: number,
): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('factors')
    .where('id', 'in', (factors) =>
      factors
        .selectFrom('factors')
        .select('id')
        .where('confirmed_at', 'is', null)
        .where('created_at', '<', time)
        .orderBy('created_at')
        .limit(most),
    )
    // PostgreSQL looks again after it waited for the confirmation of one
    .where('confirmed_at', 'is', null)
    .executeTakeFirst()
  return Number(numDeletedRows)
}
