import type { AccountView, SessionEntry } from '@keyhaven/core/wire'
import type { ActContext, Call } from './act-context.ts'
import type { AccountActs } from '../auth.ts'
import { recoveryActs } from './recovery-acts.ts'
import type { Reply, Result } from '../calls/results.ts'

/** Creates the acts of `AccountActs`. Its chunk shares no code with the first one. */
export function accountActs(context: ActContext): AccountActs {
  const { page, failed, signOut, stepUps } = context
  const { who } = page
  /**
   * Repeats the call once if the same person has signed in again or stepped up in another tab, which changes the
   * XSRF token or the cookies, and once after a step-up that the call requires. A refused credential makes the page
   * check who is signed in.
   */
  const act = async (call: Call): Promise<Reply> => {
    const before = who()
    const isSame = (): boolean => before !== undefined && who() === before
    const seen = stepUps.mark()
    let reply = await page.send(call)
    const { code = '' } = (reply?.body ?? {}) as { code?: string }
    if (/^(csrf|token|session|account)_/.test(code)) {
      await page.ask({ type: 'ask' })
      if (!isSame()) return reply
      reply = await page.send(call)
    }
    return (await stepUps.wait(reply, seen)) && isSame() ? page.send(call) : reply
  }
  const own = (path = ''): string => `/accounts/${who() ?? 'me'}${path}`
  /** Reads the account again, which the act may have changed, before it returns the result. */
  const updated = async <T>(result: T): Promise<Result<T>> => {
    await page.ask({ type: 'ask' })
    return { ok: true, ...result }
  }
  return {
    sessions: async (cursor) => {
      const query = cursor === undefined ? '' : `?${new URLSearchParams({ cursor })}`
      const reply = await page.send({ method: 'GET', path: `/sessions${query}` })
      return reply?.status === 200 ? { ok: true, ...(reply.body as SessionsPage) } : failed(reply)
    },
    endSession: async (which) => {
      if (which === page.store.known.state.session?.id) return signOut()
      const path = `/sessions${which === 'others' ? '' : `/${encodeURIComponent(which)}`}`
      const reply = await act({ method: 'DELETE', path })
      return reply?.status === 204 ? { ok: true } : failed(reply)
    },
    // In turn, because the answer replaces the cookies: no other tab must send a question with the former ones
    stepUp: ({ password }) =>
      page.inTurn(async () => {
        await page.answer()
        const path = '/sessions/current/step-up'
        const reply = await act({ method: 'POST', path, body: { password } })
        if (reply?.status === 200) {
          stepUps.done()
          return updated({})
        }
        // A sign-out meanwhile must be answered before another tab signs in
        await page.answer()
        return failed(reply)
      }),
    changePassword: async ({ current, password }) => {
      const body = { current, password }
      const reply = await act({ method: 'PUT', path: own('/password'), body })
      return reply?.status === 204 ? updated({}) : failed(reply)
    },
    changeProfile: async ({ name, username, profile }) => {
      const body = { name, username, profile }
      const reply = await act({ method: 'PATCH', path: own(), body })
      return reply?.status === 200 ? updated({ account: reply.body as AccountView }) : failed(reply)
    },
    ...recoveryActs(context, updated),
  }
}

interface SessionsPage {
  readonly items: readonly SessionEntry[]
  readonly next: string | null
}
