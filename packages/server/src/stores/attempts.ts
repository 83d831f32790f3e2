import type { Insertable, Selectable } from 'kysely'
import type { Connection, Moment } from '../database/database.ts'
import { asLocked } from '../database/locked.ts'
import type { Locked } from '../database/locked.ts'
import type { AttemptTable } from '../database/tables/attempt.ts'
import type { Account } from './accounts.ts'
import { epochNow } from './credentials/credentials.ts'

/** A row of `attempts`. */
export type BrowserAttempt = Selectable<AttemptTable>

/** An attempt to write; its epoch is the current one. */
export type NewAttempt = Omit<Insertable<AttemptTable>, 'epoch'>

/** Live attempts of browsers, by the hashes of their flow cookies. */
export function attemptsOfBrowsers(
  { db, now }: Moment,
  browsers: readonly string[],
): Promise<BrowserAttempt[]> {
  return db
    .selectFrom('attempts')
    .selectAll()
    .where('browser_sha256', 'in', browsers)
    .where('expires_at', '>', now)
    .where('epoch', '>=', epochNow)
    .execute()
}

/** Locks what a browser has begun for one purpose, until the transaction ends; expired or not. */
export async function lockAttempt(
  db: Connection,
  { browser, purpose }: { readonly browser: string; readonly purpose: BrowserAttempt['purpose'] },
): Promise<Locked<BrowserAttempt> | undefined> {
  const row = await db
    .selectFrom('attempts')
    .selectAll()
    .where('browser_sha256', '=', browser)
    .where('purpose', '=', purpose)
    .forUpdate()
    .executeTakeFirst()
  return row && asLocked(row)
}

/** Locks every sign-up for an address, in the order of their ids; expired or not. */
export async function lockSignUps(
  db: Connection,
  emailKey: string,
): Promise<Locked<BrowserAttempt>[]> {
  const rows = await db
    .selectFrom('attempts')
    .selectAll()
    .where('email_key', '=', emailKey)
    .orderBy('id')
    .forUpdate()
    .execute()
  return rows.map(asLocked)
}

/** The first live sign-up that waits for the confirmation of an address: a later one changes nothing. */
export function findSignUp(
  { db, now }: Moment,
  emailKey: string,
): Promise<Pick<BrowserAttempt, 'sign_up'> | undefined> {
  return db
    .selectFrom('attempts')
    .select('sign_up')
    .where('email_key', '=', emailKey)
    .where('expires_at', '>', now)
    .where('epoch', '>=', epochNow)
    .orderBy('created_at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
}

/** The attempt that holds a user name, live or not. */
export async function holderOf(
  db: Connection,
  usernameKey: string,
): Promise<Locked<BrowserAttempt> | undefined> {
  const row = await db
    .selectFrom('attempts')
    .selectAll()
    .where('username_key', '=', usernameKey)
    .forUpdate()
    .executeTakeFirst()
  return row && asLocked(row)
}

/** Whether a live sign-up holds a user name. */
export async function isHeld({ db, now }: Moment, usernameKey: string): Promise<boolean> {
  const row = await db
    .selectFrom('attempts')
    .select('id')
    .where('username_key', '=', usernameKey)
    .where('expires_at', '>', now)
    .where('epoch', '>=', epochNow)
    .executeTakeFirst()
  return row !== undefined
}

/**
 * Writes a new attempt. A unique key decides between two of one browser and purpose. No other
 * transaction can see it before this one ends, so it counts as locked.
 */
export async function insertAttempt(
  db: Connection,
  attempt: NewAttempt,
): Promise<Locked<NewAttempt>> {
  await db
    .insertInto('attempts')
    .values({ ...attempt, epoch: epochNow })
    .execute()
  return asLocked(attempt)
}

/** Stores what is proved in an attempt. */
export async function setAttemptAbout(
  db: Connection,
  { id }: Locked<NewAttempt>,
  about: string,
): Promise<void> {
  await db.updateTable('attempts').set({ about }).where('id', '=', id).execute()
}

/** Ends attempts. */
export async function deleteAttempts(
  db: Connection,
  attempts: readonly Locked<NewAttempt>[],
): Promise<void> {
  if (attempts.length === 0) return
  const ids = attempts.map(({ id }) => id)
  await db.deleteFrom('attempts').where('id', 'in', ids).execute()
}

/** Ends the sign-ins to a locked account that wait for a second factor. */
export async function deleteAttemptsOf(db: Connection, { id }: Locked<Account>): Promise<void> {
  await db.deleteFrom('attempts').where('account_id', '=', id).execute()
}

/** Moves the attempts of a browser that are left to another flow cookie. */
export async function renewBrowser(
  db: Connection,
  { browser_sha256 }: Locked<NewAttempt>,
  next: string,
): Promise<void> {
  await db
    .updateTable('attempts')
    .set({ browser_sha256: next })
    .where('browser_sha256', '=', browser_sha256)
    .execute()
}

/** Deletes attempts that expired before this millisecond, oldest first. @returns how many. */
export async function dropAttemptsBefore(
  db: Connection,
  time: number,
  most: number,
): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('attempts')
    .where('id', 'in', (attempts) =>
      attempts
        .selectFrom('attempts')
        .select('id')
        .where('expires_at', '<', time)
        .orderBy('expires_at')
        .limit(most),
    )
    .executeTakeFirst()
  return Number(numDeletedRows)
}
