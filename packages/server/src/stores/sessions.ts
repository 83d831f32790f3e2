import { sql } from 'kysely'
import type { Selectable } from 'kysely'
import { compiled, inserting } from '../database/compiled.ts'
import type { Connection, Moment } from '../database/database.ts'
import { asLocked } from '../database/locked.ts'
import type { Locked } from '../database/locked.ts'
import type { SessionTable } from '../database/tables/session.ts'
import type { Account } from './accounts.ts'
import { fromPosition, inOrder, pageOf } from './page.ts'
import type { Order, Page, PageRequest } from './page.ts'

export type Session = Selectable<SessionTable>

/** The installation's epoch as a column of a query: sessions of an earlier one have ended. */
const epochNow = sql<number>`coalesce((select cast(value as integer) from installation where name = 'epoch'), 0)`

/** Reads a session; one of an earlier epoch has ended, though nothing has marked it yet. */
function asItIs(session: Session & { readonly epoch_now: number }): Session {
  if (session.ended_at !== null || session.epoch >= session.epoch_now) return session
  return { ...session, ended_at: session.last_used_at, end_code: 'session_ended' }
}

const byAge: Order = ['created_at', 'id']

const sessionById = compiled((db, id: string) =>
  db.selectFrom('sessions').selectAll().select(epochNow.as('epoch_now')).where('id', '=', id),
)

export async function findSession(db: Connection, id: string): Promise<Session | undefined> {
  const [row] = await sessionById(db, id)
  return row && asItIs(row)
}

const sessionByCookie = compiled((db, hash: string) =>
  db
    .selectFrom('sessions')
    .selectAll()
    .select(epochNow.as('epoch_now'))
    .where('cookie_hash', '=', hash),
)

export async function findSessionByCookie(
  db: Connection,
  hash: string,
): Promise<Session | undefined> {
  const [row] = await sessionByCookie(db, hash)
  return row && asItIs(row)
}

const writeSession = inserting('sessions', [
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

/** Writes a new session of a locked account. Until the transaction ends no other can see it. */
export async function insertSession(
  db: Connection,
  _owner: Locked<Account>,
  session: Session,
): Promise<Locked<Session>> {
  await writeSession(db, session)
  return asLocked(session)
}

/** Reads a session of a locked account. Whatever changes a session holds that lock. */
export async function lockSession(
  db: Connection,
  { id: accountId }: Locked<Account>,
  id: string,
): Promise<Locked<Session & OwnedSession> | undefined> {
  const session = await findSession(db, id)
  if (session?.account_id !== accountId) return undefined
  return asLocked({ ...session, accountId, sessionId: id })
}

/** Moves the idle limit. */
export async function touchSession(
  db: Connection,
  { id }: Locked<Session>,
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
  { id }: Locked<Session>,
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
  { id: accountId }: Locked<Account>,
  jti?: string,
): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ renewed_jti: null, renewed_at: null })
    .where('account_id', '=', accountId)
    .where('ended_at', 'is', null)
    .$if(jti !== undefined, (query) => query.where('renewed_jti', '=', jti ?? ''))
    .execute()
}

/** A session and whose it is. */
export interface OwnedSession {
  readonly sessionId: string
  readonly accountId: string
}

/**
 * Locks the accounts of those of the sessions that live and that nobody else has locked: it waits for
 * nobody. The answer is those sessions.
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
    .where('sessions.ended_at', 'is', null)
    .where('sessions.epoch', '>=', epochNow)
    .forUpdate('accounts')
    .skipLocked()
    .execute()
  return rows.map(asLocked)
}

/** Ends sessions; the answer is the ids of those that had not ended before. */
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
    .where('ended_at', 'is', null)
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

/** Those of the sessions whose account is free and is locked now, and whose limit has still passed. */
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
  // Read again: a request may have moved an idle limit before the account was locked
  const rows = await db
    .selectFrom('sessions')
    .select(['id as sessionId', 'account_id as accountId', 'epoch'])
    .where('id', 'in', ids)
    .where(
      'account_id',
      'in',
      owners.map(({ id }) => id),
    )
    .where('ended_at', 'is', null)
    .where((where) =>
      where.or([where('idle_expires_at', '<=', now), where('absolute_expires_at', '<=', now)]),
    )
    .execute()
  return rows.map(asLocked)
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

export async function setCookieHash(
  db: Connection,
  { id }: Locked<Session>,
  hash: string,
): Promise<void> {
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
    .where('epoch', '>=', epochNow)
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
