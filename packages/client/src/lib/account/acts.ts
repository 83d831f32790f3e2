import type { SessionEntry } from '@keyhaven/core/wire'
import { createActTools } from './act-tools.ts'
import type { ActContext } from './act-context.ts'
import { addressActs } from './address-acts.ts'
import { deviceActs } from './device-acts.ts'
import { personActs } from './person-acts.ts'
import { recoveryActs } from './recovery-acts.ts'
import type { AccountActs } from './account-acts.ts'

/** Creates the acts of `AccountActs`. Its chunk shares no code with the first one. */
export function accountActs(context: ActContext): AccountActs {
  const tools = createActTools(context)
  const { page, failed, signOut, stepUps, act, updated } = tools
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
    ...personActs(tools),
    ...addressActs(tools),
    ...deviceActs(tools),
    ...recoveryActs(tools),
  }
}

interface SessionsPage {
  readonly items: readonly SessionEntry[]
  readonly next: string | null
}
