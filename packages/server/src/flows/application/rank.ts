import { allows, reservedScopes, scopesOf } from '@keyhaven/core/access'
import type { AnyAccess } from '@keyhaven/core/access'
import { KeyhavenError } from '@keyhaven/core/errors'
import type { Connection, Database } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import { rolesOf } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'

/** The scopes that the actor has now; `all` for an operator at the command line or in code. */
export type Held = readonly string[] | 'all'

/**
 * Refuses an action on an account that has a reserved scope which the actor lacks (H21). The
 * account must be locked, so that it can't get a role meanwhile. Actors never lack a scope of their
 * own account.
 * @throws KeyhavenError `insufficient_scope` with the first missing scope.
 */
export async function requireRank(
  access: AnyAccess,
  db: Connection,
  { account, held }: { readonly account: Locked<Account>; readonly held: Held },
): Promise<void> {
  if (held === 'all') return
  requireReserved(access, await rolesOf(db, account.id), held)
}

/**
 * The same without a lock, for a refusal that comes early: the flow decides again.
 * @throws KeyhavenError `insufficient_scope` with the first missing scope.
 */
export function refuseLowerRank(
  { settings, database }: RankNeeds,
  { accountId, held }: { readonly accountId: string; readonly held: Held },
): Promise<void> {
  return database.read(async ({ db }) => {
    requireReserved(settings.access, await rolesOf(db, accountId), held)
  })
}

interface RankNeeds {
  readonly settings: { readonly access: AnyAccess }
  readonly database: Database
}

/**
 * Refuses if these roles grant a reserved scope that is not held.
 * @throws KeyhavenError `insufficient_scope`.
 */
export function requireReserved(access: AnyAccess, roles: readonly string[], held: Held): void {
  if (held === 'all') return
  const reserved: readonly string[] = reservedScopes
  const missing = scopesOf(access, roles).find(
    (scope) => reserved.includes(scope) && !allows(held, scope),
  )
  if (missing === undefined) return
  const detail = 'You lack a right that this account or role has: a person who has it can do this.'
  throw new KeyhavenError('insufficient_scope', { scope: missing, detail })
}
