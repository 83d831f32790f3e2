import type { AccountActs } from '../auth.ts'
import type { Result } from '../calls/results.ts'
import type { ActContext } from './act-context.ts'

/** Acts of people who have no session: they confirm an address, or have forgotten their password. */
type RecoveryActs = Pick<
  AccountActs,
  'confirmEmail' | 'requestConfirmation' | 'requestPasswordReset' | 'resetPassword'
>

/** Creates these acts. `updated` reads who is signed in before it returns a result. */
export function recoveryActs(
  { page, failed, enter, entered }: ActContext,
  updated: (result: object) => Promise<Result>,
): RecoveryActs {
  /** Makes a call that needs no session. */
  const post = async (path: string, body: object, status: number): Promise<Result> => {
    const reply = await page.send({ method: 'POST', path, body })
    return reply?.status === status ? { ok: true } : failed(reply)
  }
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
