import { sql } from 'kysely'
import type { Connection, Moment } from '../database/database.ts'
import { compiled } from '../database/compiled.ts'
import { asLocked } from '../database/locked.ts'
import type { Locked } from '../database/locked.ts'
import type { Account } from './accounts.ts'
import { epochNow } from './sessions.ts'
import type { OwnedSession, Session } from './sessions.ts'

/**
 * Whether nothing has ended the session. The `+` keeps SQLite from using an index of `ended_at`,
 * which it would prefer to looking up a few ids.
 */
const isLive = sql<boolean>`+sessions.ended_at is null`

/**
 * Locks the accounts of live sessions, except those that another transaction has locked; it never
 * waits.
 * @returns the sessions whose account is now locked.
 */
export async function lockFreeOwners(
  db: Connection,
  ids: readonly string[],
): Promise<Locked<OwnedSession>[]> {
  const rows = await db
    .selectFrom('sessions')
    .innerJoin('accounts', 'accounts.id', 'sessions.account_id')
    .select(['sessions.id as sessionId', 'accounts.id as accountId'])
    .where('sessions.id', 'in', ids)
    .where(isLive)
    .where('sessions.epoch', '>=', epochNow)
    .forUpdate('accounts')
    .skipLocked()
    .execute()
  return rows.map(asLocked)
}

/** Ends sessions. @returns the ids of those that had not ended before. */
export async function markEnded(
  db: Connection,
  sessions: readonly Locked<OwnedSession>[],
  ending: { readonly at: number; readonly code: 'session_ended' | 'account_locked' },
): Promise<string[]> {
  const rows = await db
    .updateTable('sessions')
    .set({ ended_at: ending.at, end_code: ending.code })
    .where(
      'id',
      'in',
      sessions.map(({ sessionId }) => sessionId),
    )
    .where(isLive)
    .returning('id')
    .execute()
  return rows.map(({ id }) => id)
}

const endableOfAccount = compiled((db, accountId: string) =>
  db
    .selectFrom('sessions')
    .select('id')
    .where('account_id', '=', accountId)
    .where('ended_at', 'is', null)
    .where('epoch', '>=', epochNow)
    .orderBy('created_at')
    .orderBy('id'),
)

/** Sessions of a locked account that nothing has ended yet, oldest first. */
export async function endableSessions(
  db: Connection,
  { id: accountId }: Locked<Account>,
): Promise<Locked<OwnedSession>[]> {
  const rows = await endableOfAccount(db, accountId)
  return rows.map(({ id: sessionId }) => asLocked({ sessionId, accountId }))
}

/**
 * Ids of sessions whose idle or absolute limit has passed and that nothing has ended yet, the
 * longest expired first.
 */
export async function expiredSessions({ db, now }: Moment, most: number): Promise<string[]> {
  const over = (limit: 'idle_expires_at' | 'absolute_expires_at', count: number) =>
    db
      .selectFrom('sessions')
      .select('id')
      .where('ended_at', 'is', null)
      .where(limit, '<=', now)
      .orderBy('ended_at')
      .orderBy(limit)
      .limit(count)
      .execute()
  // Two queries, each with an index
  const rows = await over('idle_expires_at', most)
  if (rows.length < most) rows.push(...(await over('absolute_expires_at', most - rows.length)))
  return [...new Set(rows.map(({ id }) => id))]
}

/**
 * Locks the accounts of these sessions that no other transaction has locked.
 * @returns their sessions whose limit has still passed.
 */
export async function lockExpired(
  { db, now }: Moment,
  ids: readonly string[],
): Promise<Locked<OwnedSession & Pick<Session, 'epoch'>>[]> {
  const owners = await db
    .selectFrom('accounts')
    .select('accounts.id')
    .where('accounts.id', 'in', (sessions) =>
      sessions.selectFrom('sessions').select('sessions.account_id').where('sessions.id', 'in', ids),
    )
    .forUpdate()
    .skipLocked()
    .execute()
  if (owners.length === 0) return []
  // A request may have moved an idle limit before the account was locked
  const rows = await db
    .selectFrom('sessions')
    .select(['id as sessionId', 'account_id as accountId', 'epoch'])
    .where('id', 'in', ids)
    .where(isLive)
    .where(
      sql<boolean>`(+sessions.idle_expires_at <= ${now} or +sessions.absolute_expires_at <= ${now})`,
    )
    .execute()
  const locked = new Set(owners.map(({ id }) => id))
  return rows.filter(({ accountId }) => locked.has(accountId)).map(asLocked)
}

/**
 * Deletes sessions that ended before a time and that no recorded token names.
 * @returns how many.
 */
export async function dropEndedSessions(
  db: Connection,
  time: number,
  most: number,
): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('sessions')
    .where('id', 'in', (sessions) =>
      sessions
        .selectFrom('sessions as ended')
        .select('ended.id')
        .where('ended.ended_at', '<', time)
        .where((where) =>
          where.not(
            where.exists(
              where
                .selectFrom('tokens')
                .select('tokens.jti')
                .whereRef('tokens.session_id', '=', 'ended.id'),
            ),
          ),
        )
        .orderBy('ended.ended_at')
        .limit(most),
    )
    .executeTakeFirst()
  return Number(numDeletedRows)
}
