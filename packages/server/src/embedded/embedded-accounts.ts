import type { AccountStatus, AccountView, AdministeredAccount } from '@keyhaven/core/wire'
import type { AccountName } from '../model/account-name.ts'
import type { NewAccount } from '../model/new-account.ts'
import type { ResetFactors } from '../model/reset-factors.ts'
import type { StartedReset } from '../model/started-reset.ts'
import type { StatusChanged } from '../model/status-changed.ts'

/** A link that sets another password, and what its making ended. */
export interface PasswordLink extends Omit<StartedReset, 'expiresAt'> {
  /** RFC 3339 text. */
  readonly expiresAt: string
}

/** Ways back into an account whose user has lost a password or every second factor. */
export interface AccountRecovery {
  /**
   * Makes a link with which the user sets another password, for an operator who hands it to them, and
   * ends every session. The former password signs in no more. The link works once, for 30 minutes.
   */
  resetPassword(id: string, reason?: string): Promise<PasswordLink>
  /**
   * Removes all second factors and recovery codes, and ends every session: from then on the password
   * opens the account. Its user is mailed.
   */
  resetFactors(id: string, reason: string): Promise<ResetFactors>
}

/**
 * Accounts for code in this process: everything that an operator may do. All calls but `find` are
 * recorded in the audit log.
 */
export interface EmbeddedAccounts extends AccountRecovery {
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
  /** Sets another address, which counts as verified. Sessions continue. */
  setEmail(id: string, email: string): Promise<AdministeredAccount>
  /** Adds a role; it takes effect when the account's tokens are renewed. */
  addRole(id: string, role: string): Promise<AdministeredAccount>
  /** Removes a role at once. The last active administrator keeps `admin`. */
  removeRole(id: string, role: string): Promise<AdministeredAccount>
  /** Ends all access of an account now, and has it erased at `erasesAt`. */
  erase(id: string, reason: string): Promise<{ readonly erasesAt: string }>
  /** Undoes an erasure before its time; the account has its former status again. */
  keep(id: string, reason?: string): Promise<{ readonly status: AccountStatus }>
  /** Ends every session of an account. */
  endSomeSessions(id: string, reason?: string): Promise<{ readonly sessions: number }>
}
