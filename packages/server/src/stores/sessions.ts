import type { Insertable, Selectable } from 'kysely'
import type { Connection } from '../database/database.ts'
import type { SessionTable } from '../database/tables/session.ts'

export type Session = Selectable<SessionTable>

export function findSession(db: Connection, id: string): Promise<Session | undefined> {
  return db.selectFrom('sessions').selectAll().where('id', '=', id).executeTakeFirst()
}

export function findSessionByCookie(db: Connection, hash: string): Promise<Session | undefined> {
  return db.selectFrom('sessions').selectAll().where('cookie_hash', '=', hash).executeTakeFirst()
}

export async function insertSession(db: Connection, row: Insertable<SessionTable>): Promise<void> {
  await db.insertInto('sessions').values(row).execute()
}

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

/** Ends a session that lives; false where it had ended before. */
export async function markEnded(
  db: Connection,
  id: string,
  ending: { readonly at: number; readonly code: 'session_ended' | 'account_locked' },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('sessions')
    .set({ ended_at: ending.at, end_code: ending.code })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}
