import { allows, knownRole, scopesOf } from '@keyhaven/core/access'
import { KeyhavenError } from '@keyhaven/core/errors'
import { record } from '../events.ts'
import type { Actor } from '../events.ts'
import { addRole, lockAccount, removeRole, rolesOf } from '../stores/accounts.ts'
import { endableSessions } from '../stores/session-ends.ts'
import { refuseLastAdmin } from './change-status.ts'
import { writeEffect, writeTokenEnds } from './end-session.ts'
import { revoking } from './revoking.ts'
import type { Revoking } from './revoking.ts'
import type { Rooms } from './rooms.ts'

export interface RoleChange {
  readonly accountId: string
  readonly role: string
  /** The scopes of whoever assigns: nobody grants what they don't hold. */
  readonly held: readonly string[]
}

type Needs = Revoking & Pick<Rooms, 'rules'>

/** Gives an account a role; its tokens carry the new scopes from their renewal on. */
export async function assignRole(
  rooms: Needs & Pick<Rooms, 'changes'>,
  change: RoleChange,
  actor: Actor,
): Promise<void> {
  const { access } = rooms.rules
  if (!knownRole(access, change.role)) throw new KeyhavenError('not_found')
  const missing = scopesOf(access, [change.role]).find((scope) => !allows(change.held, scope))
  if (missing !== undefined) throw new KeyhavenError('insufficient_scope', { scope: missing })
  const sessions = await revoking(rooms, async (moment) => {
    const { accountId, role } = change
    const account = await lockAccount(moment.db, accountId)
    if (account === undefined) throw new KeyhavenError('not_found')
    if (!(await addRole(moment.db, account, role))) return []
    await record(moment, 'role.assigned', { actor, account: accountId, details: { role } })
    return endableSessions(moment.db, account)
  })
  for (const { sessionId } of sessions) rooms.changes.tell(sessionId)
}

/** Takes a role away. Where scopes go with it, every unexpired token of the account ends at once. */
export function unassignRole(
  rooms: Needs,
  { accountId, role }: Omit<RoleChange, 'held'>,
  actor: Actor,
): Promise<void> {
  const { access } = rooms.rules
  return revoking(rooms, async (moment) => {
    const { db } = moment
    const account = await lockAccount(db, accountId)
    if (account === undefined) throw new KeyhavenError('not_found')
    const before = await rolesOf(db, accountId)
    if (!before.includes(role)) throw new KeyhavenError('not_found')
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
    await record(moment, 'role.removed', { actor, account: accountId, details })
  })
}
