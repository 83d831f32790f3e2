import type { FactorName } from '@keyhaven/core/wire'
import { sql } from 'kysely'
import type { Connection } from '../database/database.ts'

/** Facts about an account from other tables. */
export interface AccountFacts {
  /** In alphabetical order. */
  readonly roles: readonly string[]
  /** Milliseconds since 1970; null if it never signed in. */
  readonly lastSignInAt: number | null
  /** The kinds of second factors, and whether recovery codes are left. */
  readonly factors: readonly FactorName[]
}

const none: AccountFacts = { roles: [], lastSignInAt: null, factors: [] }

/** Reads roles, the last sign-in and second factors of accounts, with three queries for all of them. */
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
  const factors = await factorKinds(db, ids)
  return (id) => ({
    factors: factors.get(id) ?? [],
    roles: (roles.get(id) ?? []).map(({ role }) => role),
    lastSignInAt: last.get(id) ?? null,
  })
}

const kinds = ['totp', 'passkey', 'recovery_code'] as const satisfies readonly FactorName[]

/** The kinds of second factors that accounts have, each once; nothing of accounts that have none. */
export async function factorKinds(
  db: Connection,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly FactorName[]>> {
  const rows = await db
    .selectFrom('factors')
    .select(['account_id', sql<FactorName>`kind`.as('kind')])
    .where('account_id', 'in', ids)
    .where('confirmed_at', 'is not', null)
    .union(
      db
        .selectFrom('recovery_codes')
        .select(['account_id', sql<FactorName>`'recovery_code'`.as('kind')])
        .where('account_id', 'in', ids),
    )
    .execute()
  const byAccount = Map.groupBy(rows, ({ account_id }) => account_id)
  return new Map(
    [...byAccount].map(([id, found]) => {
      const names = new Set(found.map(({ kind }) => kind))
      return [id, kinds.filter((name) => names.has(name))]
    }),
  )
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
