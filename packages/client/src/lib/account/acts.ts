import type { AccountView, SessionEntry } from '@keyhaven/core/wire'
import type { AccountActs } from '../auth.ts'
import type { Reply, Result } from '../calls/results.ts'
import type { StepUps } from '../calls/step-ups.ts'
import type { Entry } from '../state/exchange.ts'
import type { Page } from '../state/page.ts'
import type { AuthState } from '../state/states.ts'

type Call = Parameters<Page['send']>[0]

/** The functions of the page that the acts use. */
export interface ActContext {
  readonly page: Page
  readonly failed: (reply: Reply) => Result<never>
  readonly signOut: () => Promise<Result>
  readonly stepUps: StepUps
  /** Makes a call that may open a session. */
  readonly enter: (call: Call) => Promise<Entry>
  /** Adopts the session that such a call has opened. */
  readonly entered: (entry: Entry) => Result<{ readonly state: AuthState }>
}

/** Creates the acts of `AccountActs`. It imports no values, so that this chunk shares no code with the first one. */
export function accountActs(context: ActContext): AccountActs {
  const { page, failed, signOut, stepUps, enter, entered } = context
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
  /** Makes a call that needs no session. */
  const post = async (path: string, body: object, status: number): Promise<Result> => {
    const reply = await page.send({ method: 'POST', path, body })
    return reply?.status === status ? { ok: true } : failed(reply)
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

interface SessionsPage {
  readonly items: readonly SessionEntry[]
  readonly next: string | null
}
