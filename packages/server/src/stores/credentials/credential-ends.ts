import { sql } from 'kysely'
import type { Connection, Moment } from '../../database/database.ts'
import { asLocked } from '../../database/locked.ts'
import type { Locked } from '../../database/locked.ts'
import { epochNow, isOfEpoch } from './credentials.ts'
import type { Credential, OwnedCredential } from './credentials.ts'

/**
 * Whether nothing has ended the credential. The `+` keeps SQLite from using an index of `ended_at`,
 * which it would prefer to looking up a few ids.
 */
const isLive = sql<boolean>`+credentials.ended_at is null`

const owned = ['credentials.id', 'credentials.kind', 'credentials.account_id as accountId'] as const

/**
 * Locks the accounts of live credentials, except those that another transaction has locked; it never
 * waits.
 * @returns the credentials whose account is now locked.
 */
export async function lockFreeOwners(
  db: Connection,
  ids: readonly string[],
): Promise<Locked<OwnedCredential>[]> {
  const rows = await db
    .selectFrom('credentials')
    .innerJoin('accounts', 'accounts.id', 'credentials.account_id')
    .select(owned)
    .where('credentials.id', 'in', ids)
    .where(isLive)
    .where(isOfEpoch)
    .forUpdate('accounts')
    .skipLocked()
    .execute()
  return rows.map(asLocked)
}

/** A credential that was ended just now. */
export interface MarkedEnd {
  /** Whether others were made from it. */
  readonly hasBelow: boolean
  /** The greatest `exp` of its tokens, in seconds; 0 without any. */
  readonly lastExpiry: number
}

/** Ends credentials. @returns those that had not ended before, by their ids. */
export async function markEnded(
  db: Connection,
  credentials: readonly Locked<OwnedCredential>[],
  ending: { readonly at: number; readonly code: 'session_ended' | 'account_locked' },
): Promise<ReadonlyMap<string, MarkedEnd>> {
  const rows = await db
    .updateTable('credentials')
    .set({ ended_at: ending.at, end_code: ending.code })
    .where(
      'id',
      'in',
      credentials.map(({ id }) => id),
    )
    .where(isLive)
    .returning((row) => [
      'id',
      row
        .exists(
          row
            .selectFrom('credentials as below')
            .select('below.id')
            .whereRef('below.parent_id', '=', 'credentials.id'),
        )
        .as('below'),
      row
        .selectFrom('tokens')
        .select((tokens) => tokens.fn.max('tokens.expires_at').as('last'))
        .whereRef('tokens.credential_id', '=', 'credentials.id')
        .as('last'),
    ])
    .execute()
  return new Map(
    rows.map(({ id, below, last }) => [id, { hasBelow: Boolean(below), lastExpiry: Number(last) }]),
  )
}

/** A credential of any epoch that nothing has ended. */
export type OfEpoch = OwnedCredential & Pick<Credential, 'epoch'>

/** Credentials that were made from locked ones, which are of the same account, and are still live. */
export async function endableBelow(
  db: Connection,
  parents: readonly Locked<OwnedCredential>[],
): Promise<Locked<OfEpoch & { readonly parentId: string }>[]> {
  const accounts = new Set(parents.map(({ accountId }) => accountId))
  const rows = await db
    .selectFrom('credentials')
    .select([...owned, 'credentials.epoch', 'credentials.parent_id as parentId'])
    .where(
      'credentials.parent_id',
      'in',
      parents.map(({ id }) => id),
    )
    .where(isLive)
    .execute()
  return rows
    .filter(({ accountId }) => accounts.has(accountId))
    .map((row) => asLocked({ ...row, parentId: row.parentId ?? '' }))
}

/**
 * Ids of credentials whose idle or absolute limit has passed, or that have no limit and were ended by
 * a later epoch, and that nothing has marked yet; the longest expired first.
 */
export async function expiredCredentials({ db, now }: Moment, most: number): Promise<string[]> {
  const over = (limit: 'idle_expires_at' | 'absolute_expires_at', count: number) =>
    db
      .selectFrom('credentials')
      .select('id')
      .where('ended_at', 'is', null)
      .where(limit, '<=', now)
      .orderBy('ended_at')
      .orderBy(limit)
      .limit(count)
      .execute()
  const ofPastEpoch = (count: number) =>
    db
      .selectFrom('credentials')
      .select('id')
      .where('ended_at', 'is', null)
      .where('idle_expires_at', 'is', null)
      .where('absolute_expires_at', 'is', null)
      .where('epoch', '<', epochNow)
      .orderBy('epoch')
      .limit(count)
      .execute()
  // Three queries, each with an index
  const rows = await over('idle_expires_at', most)
  if (rows.length < most) rows.push(...(await over('absolute_expires_at', most - rows.length)))
  if (rows.length < most) rows.push(...(await ofPastEpoch(most - rows.length)))
  return [...new Set(rows.map(({ id }) => id))]
}

/**
 * Locks the accounts of these credentials that no other transaction has locked.
 * @returns their credentials whose limit has still passed, or that are of a past epoch.
 */
export async function lockExpired(
  { db, now }: Moment,
  ids: readonly string[],
): Promise<Locked<OfEpoch>[]> {
  const owners = await db
    .selectFrom('accounts')
    .select('accounts.id')
    .where('accounts.id', 'in', (credentials) =>
      credentials
        .selectFrom('credentials')
        .select('credentials.account_id')
        .where('credentials.id', 'in', ids),
    )
    .forUpdate()
    .skipLocked()
    .execute()
  if (owners.length === 0) return []
  // A request may have moved an idle limit before the account was locked
  const rows = await db
    .selectFrom('credentials')
    .select([...owned, 'credentials.epoch'])
    .where('id', 'in', ids)
    .where(isLive)
    .where(
      sql<boolean>`(+credentials.idle_expires_at <= ${now} or +credentials.absolute_expires_at <= ${now}
        or +credentials.epoch < ${epochNow})`,
    )
    .execute()
  const locked = new Set(owners.map(({ id }) => id))
  return rows.filter(({ accountId }) => locked.has(accountId)).map(asLocked)
}

/**
 * Deletes credentials that ended before a time and that no recorded token and no other credential
 * names. The rows of their kinds are deleted with them.
 * @returns how many.
 */
export async function dropEndedCredentials(
  db: Connection,
  time: number,
  most: number,
): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('credentials')
    .where('id', 'in', (credentials) =>
      credentials
        .selectFrom('credentials as ended')
        .select('ended.id')
        .where('ended.ended_at', '<', time)
        .where((where) =>
          where.not(
            where.exists(
              where
                .selectFrom('tokens')
                .select('tokens.jti')
                .whereRef('tokens.credential_id', '=', 'ended.id'),
            ),
          ),
        )
        .where((where) =>
          where.not(
            where.exists(
              where
                .selectFrom('credentials as below')
                .select('below.id')
                .whereRef('below.parent_id', '=', 'ended.id'),
            ),
          ),
        )
        .orderBy('ended.ended_at')
        .limit(most),
    )
    .executeTakeFirst()
  return Number(numDeletedRows)
}
