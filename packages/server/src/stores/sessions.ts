import { sql } from 'kysely'
import type { Selectable } from 'kysely'
import { compiled, inserting } from '../database/compiled.ts'
import type { Connection, Moment } from '../database/database.ts'
import type { SessionTable } from '../database/tables/session.ts'
import { fromPosition, inOrder, pageOf } from './page.ts'
import type { Order, Page, PageRequest } from './page.ts'

export type Session = Selectable<SessionTable>

const byAge: Order = ['created_at', 'id']

const sessionById = compiled((db, id: string) =>
  db.selectFrom('sessions').selectAll().where('id', '=', id),
)

export async function findSession(db: Connection, id: string): Promise<Session | undefined> {
  return (await sessionById(db, id))[0]
}

const sessionByCookie = compiled((db, hash: string) =>
  db.selectFrom('sessions').selectAll().where('cookie_hash', '=', hash),
)

export async function findSessionByCookie(
  db: Connection,
  hash: string,
): Promise<Session | undefined> {
  return (await sessionByCookie(db, hash))[0]
}

export const insertSession = inserting('sessions', [
  'id',
  'account_id',
  'cookie_hash',
  'created_at',
  'auth_time',
  'amr',
  'device',
  'remember',
  'last_used_at',
  'idle_expires_at',
  'absolute_expires_at',
  'ended_at',
  'end_code',
  'renewed_jti',
  'renewed_at',
  'epoch',
])

/** Moves the idle limit. */
export async function touchSession(
  db: Connection,
  id: string,
  times: { readonly lastUsedAt: number; readonly idleExpiresAt: number },
): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ last_used_at: times.lastUsedAt, idle_expires_at: times.idleExpiresAt })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .execute()
}

/** Remembers which token the last renewal gave out. */
export async function noteRenewal(
  db: Connection,
  id: string,
  renewal: { readonly jti: string; readonly at: number },
): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ renewed_jti: renewal.jti, renewed_at: renewal.at })
    .where('id', '=', id)
    .execute()
}

/** From now on no request shares this token of the last renewal; any token, where it is left out. */
export async function forgetRenewals(
  db: Connection,
  { accountId, jti }: { readonly accountId: string; readonly jti?: string },
): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ renewed_jti: null, renewed_at: null })
    .where('account_id', '=', accountId)
    .where('ended_at', 'is', null)
    .$if(jti !== undefined, (query) => query.where('renewed_jti', '=', jti ?? ''))
    .execute()
}

/**
 * Nothing has ended it. Written so that no index of `ended_at` is used: SQLite would take the one of all
 * live sessions rather than look up a few ids.
 */
const isLive = sql<boolean>`+sessions.ended_at is null`

/** A session and whose it is. */
export interface OwnedSession {
  readonly sessionId: string
  readonly accountId: string
}

/**
 * Locks the accounts of those of the sessions that live and that nobody else has locked: it waits for
 * nobody. The answer is those sessions.
 */
export function lockFreeOwners(db: Connection, ids: readonly string[]): Promise<OwnedSession[]> {
  return db
    .selectFrom('sessions')
    .innerJoin('accounts', 'accounts.id', 'sessions.account_id')
    .select(['sessions.id as sessionId', 'accounts.id as accountId'])
    .where('sessions.id', 'in', ids)
    .where(isLive)
    .forUpdate('accounts')
    .skipLocked()
    .execute()
}

/** Ends sessions; the answer is the ids of those that had not ended before. */
export async function markEnded(
  db: Connection,
  ids: readonly string[],
  ending: { readonly at: number; readonly code: 'session_ended' | 'account_locked' },
): Promise<string[]> {
  const rows = await db
    .updateTable('sessions')
    .set({ ended_at: ending.at, end_code: ending.code })
    .where('id', 'in', ids)
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
    .orderBy('created_at')
    .orderBy('id'),
)

/** Ids of an account's sessions that nothing has ended yet, oldest first. */
export async function endableSessions(db: Connection, accountId: string): Promise<string[]> {
  return (await endableOfAccount(db, accountId)).map(({ id }) => id)
}

/** Ids of sessions whose idle or absolute limit has passed and which nothing has ended yet, the longest over first. */
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
  // Two queries, for an index each
  const rows = await over('idle_expires_at', most)
  if (rows.length < most) rows.push(...(await over('absolute_expires_at', most - rows.length)))
  return [...new Set(rows.map(({ id }) => id))]
}

/** Those of the sessions that nothing has ended and whose limit has passed, with the epoch of each. */
export async function stillExpired(
  { db, now }: Moment,
  ids: readonly string[],
): Promise<Pick<Session, 'id' | 'epoch'>[]> {
  if (ids.length === 0) return []
  return db
    .selectFrom('sessions')
    .select(['id', 'epoch'])
    .where('id', 'in', ids)
    .where(isLive)
    .where(
      sql<boolean>`(+sessions.idle_expires_at <= ${now} or +sessions.absolute_expires_at <= ${now})`,
    )
    .execute()
}

/** Drops sessions that ended before a time and that no recorded token names; the answer counts them. */
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

/** Ends every session that lives; the answer counts them. */
export async function endEverySession(db: Connection, now: number): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('sessions')
    .set({ ended_at: now, end_code: 'session_ended' })
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

export async function setCookieHash(db: Connection, id: string, hash: string): Promise<void> {
  await db.updateTable('sessions').set({ cookie_hash: hash }).where('id', '=', id).execute()
}

/** Live sessions of an account by age. */
export async function sessionPage(
  { db, now }: Moment,
  accountId: string,
  page: PageRequest,
): Promise<Page<Session>> {
  const rows = await db
    .selectFrom('sessions')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('ended_at', 'is', null)
    .where('idle_expires_at', '>', now)
    .where((where) =>
      where.or([where('absolute_expires_at', 'is', null), where('absolute_expires_at', '>', now)]),
    )
    .where(fromPosition(byAge, page))
    .orderBy(inOrder(byAge, page))
    .limit(page.limit + 1)
    .execute()
  return pageOf(rows, page.limit, ({ created_at, id }) => ({ at: created_at, id }))
}
