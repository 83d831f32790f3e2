import { allows, knownRole, scopesOf } from '@keyhaven/core/access'
import { KeyhavenError } from '@keyhaven/core/errors'
import type { AdministeredAccount } from '@keyhaven/core/wire'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { addRole, lockAccount, removeRole, rolesOf } from '../../stores/accounts.ts'
import { refuseLastAdmin } from './change-status.ts'
import { writeEffect, writeTokenEnds } from '../tokens/write-ends.ts'
import { requireRank, requireReserved } from '../application/rank.ts'
import type { Held } from '../application/rank.ts'
import { revoking } from '../revocation/revoking.ts'
import type { Revoking } from '../revocation/revoking.ts'
import { notARole } from '../../model/role-names.ts'
import type { Context } from '../context.ts'
import { administered } from './administered.ts'

/** A role to add to or remove from an account. */
export interface RoleChange {
  readonly accountId: string
  readonly role: string
  /** The scopes of the actor, who can't grant a scope that they lack. */
  readonly held: Held
  readonly reason?: string | undefined
}

type Needs = Revoking & Pick<Context, 'settings'>

/**
 * Adds a role to an account; its tokens get the new scopes when they are renewed. A page of the
 * account is notified and renews.
 */
export async function assignRole(
  context: Needs,
  { accountId, role, held }: RoleChange,
  actor: Actor,
): Promise<AdministeredAccount> {
  const { access } = context.settings
  if (!knownRole(access, role)) throw notARole(access, role)
  const missing = scopesOf(access, [role]).find((scope) => held !== 'all' && !allows(held, scope))
  if (missing !== undefined) throw new KeyhavenError('insufficient_scope', { scope: missing })
  return revoking(context, async (moment) => {
    const account = await lockAccount(moment.db, accountId)
    if (account === undefined) throw new KeyhavenError('not_found')
    await requireRank(access, moment.db, { account, held })
    const isNew = await addRole(moment.db, account, role)
    if (isNew) {
      await happened(moment, 'role.assigned', { actor, account: accountId, details: { role } })
    }
    return administered(context, moment.db, account)
  })
}

/** Removes a role. If the account loses scopes, all its unexpired tokens end at once. */
export function unassignRole(
  context: Needs,
  { accountId, role, held, reason }: RoleChange,
  actor: Actor,
): Promise<AdministeredAccount> {
  const { access } = context.settings
  return revoking(context, async (moment) => {
    const { db } = moment
    const account = await lockAccount(db, accountId)
    if (account === undefined) throw new KeyhavenError('not_found')
    requireReserved(access, [role], held)
    await requireRank(access, db, { account, held })
    const before = await rolesOf(db, accountId)
    if (!before.includes(role)) throw notHeld(before, role)
    if (role === 'admin') await refuseLastAdmin(db, accountId)
    await removeRole(db, account, role)
    const kept = scopesOf(
      access,
      before.filter((one) => one !== role),
    )
    const loses = scopesOf(access, before).some((scope) => !kept.includes(scope))
    const effect = { what: 'role', account: accountId, role } as const
    const tokens = loses ? await writeTokenEnds(moment, account, { effect }) : 0
    if (!loses) await writeEffect(moment, effect)
    const details = { role, ended: { tokens } }
    await happened(moment, 'role.removed', { actor, account: accountId, reason, details })
    return administered(context, db, account)
  })
}

function notHeld(roles: readonly string[], role: string): KeyhavenError {
  const held = roles.length === 0 ? 'it has no role' : `its roles are ${roles.join(', ')}`
  return new KeyhavenError('not_found', {
    detail: `This account does not have the role “${role}”: ${held}.`,
  })
}
