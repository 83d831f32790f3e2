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

/** A row of `sessions`. */
export type Session = Selectable<SessionTable>

/** The installation's epoch as a column of a query; sessions of an earlier one have ended. */
export const epochNow = sql<number>`coalesce((select cast(value as integer) from installation where name = 'epoch'), 0)`

/** A session of an earlier epoch has ended, even if its row does not show it yet. */
function asItIs(session: Session & { readonly epoch_now: number }): Session {
  if (session.ended_at !== null || session.epoch >= session.epoch_now) return session
  return { ...session, ended_at: session.last_used_at, end_code: 'session_ended' }
}

const byAge: Order = ['created_at', 'id']

const sessionById = compiled((db, id: string) =>
  db.selectFrom('sessions').selectAll().select(epochNow.as('epoch_now')).where('id', '=', id),
)

/** Finds a session by its id. */
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

/** Finds a session by the SHA-256 of its cookie, base64url. */
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
  'address',
  'browser',
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

/**
 * Inserts a session of a locked account. No other transaction can see it before this one ends, so
 * it counts as locked.
 */
export async function insertSession(
  db: Connection,
  _owner: Locked<Account>,
  session: Session,
): Promise<Locked<Session>> {
  await writeSession(db, session)
  return asLocked(session)
}

/** A session and its account. */
export interface OwnedSession {
  readonly sessionId: string
  readonly accountId: string
}

/** Reads a session of a locked account; every change of a session holds that lock. */
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

/** Stores which token the last renewal issued. */
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

/** Stops requests from sharing this token of the last renewal; without `jti`, any token. */
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

/** Replaces the hash of the session cookie. */
export async function setCookieHash(
  db: Connection,
  { id }: Locked<Session>,
  hash: string,
): Promise<void> {
  await db.updateTable('sessions').set({ cookie_hash: hash }).where('id', '=', id).execute()
}

/** A page of an account's live sessions by age. */
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
