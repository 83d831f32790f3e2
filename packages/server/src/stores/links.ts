import { sql } from 'kysely'
import type { Insertable, Selectable } from 'kysely'
import type { Connection, Moment } from '../database/database.ts'
import { asLocked } from '../database/locked.ts'
import type { Locked } from '../database/locked.ts'
import type { LinkTable } from '../database/tables/link.ts'
import { epochNow } from './credentials/credentials.ts'

/** A row of `links`. */
export type Link = Selectable<LinkTable>

/** A link to write; its epoch is the current one. */
export type NewLink = Omit<Insertable<LinkTable>, 'epoch'>

/** The address that links were made for, and their purpose. */
export type LinkAim = Pick<Link, 'email_key' | 'purpose'>

const isOfEpoch = sql<boolean>`epoch >= ${epochNow}`

/** Finds a link of this epoch by the hash of its token, expired or not. */
export function findLink(
  db: Connection,
  { token, purpose }: { readonly token: string; readonly purpose: Link['purpose'] },
): Promise<Link | undefined> {
  return db
    .selectFrom('links')
    .selectAll()
    .where('token_sha256', '=', token)
    .where('purpose', '=', purpose)
    .where(isOfEpoch)
    .executeTakeFirst()
}

/** Locks the links of attempts until the transaction ends, expired or not. */
export async function lockLinksOfAttempts(
  db: Connection,
  {
    attempts,
    purpose,
  }: { readonly attempts: readonly string[]; readonly purpose: Link['purpose'] },
): Promise<Locked<Link>[]> {
  if (attempts.length === 0) return []
  const rows = await lockable(db, purpose).where('attempt_id', 'in', attempts).execute()
  return rows.map(asLocked)
}

/** A query that locks links of a purpose and of this epoch, in the order of their ids. */
function lockable(db: Connection, purpose: Link['purpose']) {
  return db
    .selectFrom('links')
    .selectAll()
    .where('purpose', '=', purpose)
    .where(isOfEpoch)
    .orderBy('id')
    .forUpdate()
}

/**
 * Locks every link of an address and purpose until the transaction ends, in the order of their ids:
 * of two that are used at once, the second finds none.
 */
export async function lockLinks(
  db: Connection,
  { email_key, purpose }: LinkAim,
): Promise<Locked<Link>[]> {
  const rows = await lockable(db, purpose).where('email_key', '=', email_key).execute()
  return rows.map(asLocked)
}

/** Locks links of this epoch by their ids, until the transaction ends, expired or not. */
export async function lockLinksById(
  db: Connection,
  ids: readonly string[],
): Promise<Locked<Link>[]> {
  if (ids.length === 0) return []
  const rows = await db
    .selectFrom('links')
    .selectAll()
    .where('id', 'in', ids)
    .where(isOfEpoch)
    .orderBy('id')
    .forUpdate()
    .execute()
  return rows.map(asLocked)
}

/** Sets when links expire. */
export async function renewLinks(
  db: Connection,
  links: readonly Locked<Link>[],
  expires_at: number,
): Promise<void> {
  if (links.length === 0) return
  const ids = links.map(({ id }) => id)
  await db.updateTable('links').set({ expires_at }).where('id', 'in', ids).execute()
}

/** How many links of an address and purpose are live, without those of one attempt. */
export async function countLive(
  { db, now }: Moment,
  { email_key, purpose }: LinkAim,
  { id = '' }: { readonly id?: string } = {},
): Promise<number> {
  const { count } = await db
    .selectFrom('links')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('email_key', '=', email_key)
    .where('purpose', '=', purpose)
    .where('expires_at', '>', now)
    .where(isOfEpoch)
    .where((where) => where.or([where('attempt_id', 'is', null), where('attempt_id', '<>', id)]))
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Writes a new link. */
export async function insertLink(db: Connection, link: NewLink): Promise<void> {
  await db
    .insertInto('links')
    .values({ ...link, epoch: epochNow })
    .execute()
}

/** Stores what a link acts on. */
export async function setLinkAbout(
  db: Connection,
  { id }: Locked<Link>,
  about: string,
): Promise<void> {
  await db.updateTable('links').set({ about }).where('id', '=', id).execute()
}

/** Notes that a wrong code was typed. */
export async function noteWrongCode(db: Connection, { id, tries }: Locked<Link>): Promise<void> {
  await db
    .updateTable('links')
    .set({ tries: tries + 1 })
    .where('id', '=', id)
    .execute()
}

/** Ends links. */
export async function deleteLinks(db: Connection, links: readonly Locked<Link>[]): Promise<void> {
  if (links.length === 0) return
  const ids = links.map(({ id }) => id)
  await db.deleteFrom('links').where('id', 'in', ids).execute()
}

/** Ends the links of an attempt that have expired, and those for one address that were made until then. */
export async function deleteFormer(
  { db, now }: Moment,
  { id }: Locked<{ readonly id: string }>,
  { email_key, until }: { readonly email_key: string; readonly until: number },
): Promise<void> {
  await db
    .deleteFrom('links')
    .where('attempt_id', '=', id)
    .where((where) =>
      where.or([
        where('expires_at', '<=', now),
        where.and([where('email_key', '=', email_key), where('created_at', '<=', until)]),
      ]),
    )
    .execute()
}

/** Gives the links of an attempt to the one that replaces it. */
export async function moveLinks(
  db: Connection,
  { id }: Locked<{ readonly id: string }>,
  next: string,
): Promise<void> {
  await db.updateTable('links').set({ attempt_id: next }).where('attempt_id', '=', id).execute()
}

/** Ends the links of an attempt, which ends with them. */
export async function deleteLinksOf(
  db: Connection,
  { id }: Locked<{ readonly id: string }>,
): Promise<void> {
  await db.deleteFrom('links').where('attempt_id', '=', id).execute()
}

/** When the oldest live link of an account that brings an address back was made, if there is one. */
export async function oldestUndo(
  { db, now }: Moment,
  { id }: Locked<{ readonly id: string }>,
  emailKey: string,
): Promise<number | undefined> {
  const row = await db
    .selectFrom('links')
    .select('created_at')
    .where('account_id', '=', id)
    .where('purpose', '=', 'email-undo')
    .where('email_key', '=', emailKey)
    .where('expires_at', '>', now)
    .where(isOfEpoch)
    .orderBy('created_at')
    .limit(1)
    .executeTakeFirst()
  return row?.created_at
}

/** Ends links of an account; with `since`, those that were made at this millisecond or later. */
export async function deleteLinksOfAccount(
  db: Connection,
  { id }: Locked<{ readonly id: string }>,
  {
    purposes,
    since = 0,
  }: { readonly purposes: readonly Link['purpose'][]; readonly since?: number },
): Promise<void> {
  await db
    .deleteFrom('links')
    .where('account_id', '=', id)
    .where('purpose', 'in', purposes)
    .where('created_at', '>=', since)
    .execute()
}

/** Deletes links that expired before this millisecond, oldest first. @returns how many. */
export async function dropLinksBefore(db: Connection, time: number, most: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('links')
    .where('id', 'in', (links) =>
      links
        .selectFrom('links')
        .select('id')
        .where('expires_at', '<', time)
        .orderBy('expires_at')
        .limit(most),
    )
    .executeTakeFirst()
  return Number(numDeletedRows)
}
