import type { Actor } from '../events/happened.ts'
import { assignRole, unassignRole } from '../flows/accounts/assign-role.ts'
import { changeEmail } from '../flows/accounts/change-email.ts'
import { changeStatus } from '../flows/accounts/change-status.ts'
import { createAccount } from '../flows/accounts/create.ts'
import { endSomeSessions } from '../flows/sessions/end-some.ts'
import { findAdministered } from '../flows/accounts/read.ts'
import type { Context } from '../flows/context.ts'
import type { EmbeddedAccounts } from './embedded-accounts.ts'
import { requireOneLine } from '../model/one-line.ts'
import { viewAccount } from '../views/account.ts'
import { requestErasure } from '../flows/personal-data/request-erasure.ts'
import { endErasure } from '../flows/personal-data/end-erasure.ts'

/** The accounts of an embedded service; `actor` is recorded for each change. */
export function embeddedAccounts(context: Context, actor: Actor): EmbeddedAccounts {
  const held = 'all'
  const setStatus: EmbeddedAccounts['setStatus'] = async (accountId, status, reason) => {
    requireOneLine('reason', reason)
    return changeStatus(context, { accountId, status, reason, held }, actor)
  }
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
    resetPassword: async (accountId, reason) => {
      requireOneLine('reason', reason)
      const start = { accountId, held, reason, link: 'printed' } as const
      const { startReset } = await import('../flows/acts.ts')
      const { expiresAt, ...started } = await startReset(context, start, actor)
      return { ...started, expiresAt: new Date(expiresAt).toISOString() }
    },
    resetFactors: async (accountId, reason) => {
      requireOneLine('reason', reason)
      const { resetFactors } = await import('../flows/acts.ts')
      return resetFactors(context, { accountId, held, reason }, actor)
    },
    setEmail: (accountId, email) => changeEmail(context, { accountId, email }, actor),
    addRole: (accountId, role) => assignRole(context, { accountId, role, held }, actor),
    removeRole: (accountId, role) => unassignRole(context, { accountId, role, held }, actor),
    erase: async (accountId, reason) => {
      requireOneLine('reason', reason)
      return requestErasure(context, { accountId, reason, held }, actor)
    },
    keep: async (accountId, reason) => {
      requireOneLine('reason', reason)
      return endErasure(context, { accountId, reason, held }, actor)
    },
    endSomeSessions: async (accountId, reason) => {
      requireOneLine('reason', reason)
      return { sessions: await endSomeSessions(context, { accountId, held, reason }, actor) }
    },
  }
}
