import { sql } from 'kysely'
import type { Connection } from '../database/database.ts'

/** Facts about an account from other tables. */
export interface AccountFacts {
  /** In alphabetical order. */
  readonly roles: readonly string[]
  /** Milliseconds since 1970; null if it never signed in. */
  readonly lastSignInAt: number | null
}

const none: AccountFacts = { roles: [], lastSignInAt: null }

/** Reads roles and the last sign-in of accounts, with two queries for all of them. */
export async function accountFacts(
  db: Connection,
  ids: readonly string[],
): Promise<(id: string) => AccountFacts> {
  if (ids.length === 0) return () => none
  const held = await db
    .selectFrom('account_roles')
    .select(['account_id', 'role'])
    .where('account_id', 'in', ids)
    .orderBy('role')
    .execute()
  const roles = Map.groupBy(held, ({ account_id }) => account_id)
  const signIns = await db
    .selectFrom('accounts')
    .select((columns) => [
      'accounts.id',
      columns
        .selectFrom('audit')
        .select('audit.at')
        .whereRef('audit.account_id', '=', 'accounts.id')
        // A literal, so that the partial index of these rows is used
        .where('audit.action', '=', sql.lit('session.opened'))
        .orderBy('audit.at', 'desc')
        .limit(1)
        .as('at'),
    ])
    .where('accounts.id', 'in', ids)
    .execute()
  const last = new Map(signIns.map(({ id, at }) => [id, at]))
  return (id) => ({
    roles: (roles.get(id) ?? []).map(({ role }) => role),
    lastSignInAt: last.get(id) ?? null,
  })
}

/**
 * How many accounts and waiting sign-ups have a hash that begins like this. It reads every account.
 */
export async function countHashes(db: Connection, prefix: string): Promise<number> {
  const pattern = prefix.replace(/[\\%_]/g, (sign) => `\\${sign}`)
  const accounts = await db
    .selectFrom('accounts')
    .select(({ fn }) => fn.countAll().as('count'))
    .where(sql<boolean>`password_hash like ${`${pattern}%`} escape '\\'`)
    .executeTakeFirstOrThrow()
  const attempts = await db
    .selectFrom('attempts')
    .select(({ fn }) => fn.countAll().as('count'))
    .where(sql<boolean>`sign_up like ${`%"${pattern}%`} escape '\\'`)
    .executeTakeFirstOrThrow()
  return Number(accounts.count) + Number(attempts.count)
}
