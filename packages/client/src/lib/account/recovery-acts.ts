import type { RecoveryActs } from './account-acts.ts'
import type { ActTools } from './act-tools.ts'

/** Creates the acts of people who have no session. */
export function recoveryActs({ page, post, enter, entered, updated }: ActTools): RecoveryActs {
  return {
    confirmEmail: async (body) => {
      const entry = await enter({ method: 'POST', path: '/email-verifications/confirm', body })
      // Elsewhere it opens no session
      return entry.reply?.status === 200
        ? { ok: true, state: page.store.known.state }
        : entered(entry)
    },
    requestConfirmation: (body) => post('/email-verifications', body, 202),
    requestPasswordReset: (body) => post('/password-resets', body, 202),
    resetPassword: async (body) => {
      const result = await post('/password-resets/confirm', body, 204)
      // The session of this browser may be among those that it ended
      return result.ok ? updated({}) : result
    },
  }
}
