import type { AccountView, AdministeredAccount } from '@keyhaven/core/wire'
import type { Actor } from '../events/happened.ts'
import { assignRole, unassignRole } from '../flows/accounts/assign-role.ts'
import { changeEmail } from '../flows/accounts/change-email.ts'
import { changeStatus } from '../flows/accounts/change-status.ts'
import type { StatusChanged } from '../flows/accounts/change-status.ts'
import { createAccount } from '../flows/accounts/create.ts'
import type { NewAccount } from '../flows/accounts/create.ts'
import { endSomeSessions } from '../flows/sessions/end-some.ts'
import { findAdministered } from '../flows/accounts/read.ts'
import type { AccountName } from '../flows/accounts/read.ts'
import { resetPassword } from '../flows/passwords/reset.ts'
import type { Context } from '../flows/context.ts'
import { viewAccount } from '../views/account.ts'

/**
 * Accounts for code in this process: everything that an operator may do. All calls but `find` are
 * recorded in the audit log.
 */
export interface EmbeddedAccounts {
  create(account: NewAccount): Promise<AccountView>
  /** Finds an account by e-mail address, by id, or by `login`: an address, a user name or an id. */
  find(name: AccountName): Promise<AdministeredAccount | undefined>
  /** Locks, disables or activates an account; leaving `active` ends every session at once. */
  setStatus(
    id: string,
    status: 'active' | 'locked' | 'disabled',
    reason?: string,
  ): Promise<StatusChanged>
  lock(id: string, reason: string): Promise<StatusChanged>
  unlock(id: string): Promise<StatusChanged>
  /** Sets another password and ends every session, for an operator who hands it to the user. */
  resetPassword(email: string, password: string): Promise<{ readonly sessions: number }>
  /** Sets another address, which counts as confirmed. Sessions continue. */
  setEmail(id: string, email: string): Promise<AdministeredAccount>
  /** Adds a role; it takes effect when the account's tokens are renewed, as open pages do at once. */
  addRole(id: string, role: string): Promise<AdministeredAccount>
  /** Removes a role at once. The last active administrator keeps `admin`. */
  removeRole(id: string, role: string): Promise<AdministeredAccount>
  /** Ends every session of an account. */
  endSomeSessions(id: string, reason?: string): Promise<{ readonly sessions: number }>
}

/** The accounts of an embedded service; `actor` is recorded for each change. */
export function embeddedAccounts(context: Context, actor: Actor): EmbeddedAccounts {
  const held = 'all'
  const setStatus: EmbeddedAccounts['setStatus'] = (accountId, status, reason) =>
    changeStatus(context, { accountId, status, reason, held }, actor)
  return {
    create: async (account) =>
      viewAccount(
        context,
        await createAccount(context, { emailVerified: true, ...account }, actor),
      ),
    find: (name) => findAdministered(context, name),
    setStatus,
    lock: (id, reason) => setStatus(id, 'locked', reason),
    unlock: (id) => setStatus(id, 'active'),
    resetPassword: (email, password) => resetPassword(context, { email, password }, actor),
    setEmail: (accountId, email) => changeEmail(context, { accountId, email }, actor),
    addRole: (accountId, role) => assignRole(context, { accountId, role, held }, actor),
    removeRole: (accountId, role) => unassignRole(context, { accountId, role, held }, actor),
    endSomeSessions: async (accountId, reason) => ({
      sessions: await endSomeSessions(context, { accountId, held, reason }, actor),
    }),
  }
}
