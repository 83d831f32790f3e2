import type { AccountView, AdministeredAccount } from '@keyhaven/core/wire'
import type { Actor } from '../events/record.ts'
import { assignRole, unassignRole } from '../flows/accounts/assign-role.ts'
import { changeEmail } from '../flows/accounts/change-email.ts'
import { changeStatus } from '../flows/accounts/change-status.ts'
import type { StatusChanged } from '../flows/accounts/change-status.ts'
import { createAccount } from '../flows/accounts/create.ts'
import type { NewAccount } from '../flows/accounts/create.ts'
import { endSessions } from '../flows/sessions/end-some.ts'
import { findAdministered } from '../flows/accounts/read.ts'
import type { AccountName } from '../flows/accounts/read.ts'
import { resetPassword } from '../flows/passwords/reset.ts'
import type { Rooms } from '../flows/context.ts'
import { viewAccount } from '../views/account.ts'

/** What code may do with accounts: everything that an operator may. All but `find` is in the audit log. */
export interface AccountDoors {
  create(account: NewAccount): Promise<AccountView>
  /** Finds by e-mail address, by id, or by `login`: an address, a user name or an id. */
  find(name: AccountName): Promise<AdministeredAccount | undefined>
  /** Locks, disables or activates; leaving `active` ends every session at once. */
  setStatus(
    id: string,
    status: 'active' | 'locked' | 'disabled',
    reason?: string,
  ): Promise<StatusChanged>
  lock(id: string, reason: string): Promise<StatusChanged>
  unlock(id: string): Promise<StatusChanged>
  /** Sets another password and ends every session: for operators, who give it to the person. */
  resetPassword(email: string, password: string): Promise<{ readonly sessions: number }>
  /** Sets another address, which counts as confirmed. Sessions go on. */
  setEmail(id: string, email: string): Promise<AdministeredAccount>
  /** Gives a role; it counts from the renewal of the account's tokens on. */
  addRole(id: string, role: string): Promise<AdministeredAccount>
  /** Takes a role away, at once. The last active administrator keeps `admin`. */
  removeRole(id: string, role: string): Promise<AdministeredAccount>
  /** Ends every session of an account. */
  endSessions(id: string, reason?: string): Promise<{ readonly sessions: number }>
}

export function accountDoors(rooms: Rooms, actor: Actor): AccountDoors {
  const held = 'all'
  const setStatus: AccountDoors['setStatus'] = (accountId, status, reason) =>
    changeStatus(rooms, { accountId, status, reason, held }, actor)
  return {
    create: async (account) =>
      viewAccount(rooms, await createAccount(rooms, { emailVerified: true, ...account }, actor)),
    find: (name) => findAdministered(rooms, name),
    setStatus,
    lock: (id, reason) => setStatus(id, 'locked', reason),
    unlock: (id) => setStatus(id, 'active'),
    resetPassword: (email, password) => resetPassword(rooms, { email, password }, actor),
    setEmail: (accountId, email) => changeEmail(rooms, { accountId, email }, actor),
    addRole: (accountId, role) => assignRole(rooms, { accountId, role, held }, actor),
    removeRole: (accountId, role) => unassignRole(rooms, { accountId, role, held }, actor),
    endSessions: async (accountId, reason) => ({
      sessions: await endSessions(rooms, { accountId, held, reason }, actor),
    }),
  }
}
