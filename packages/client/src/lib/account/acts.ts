import type { SessionEntry } from '@keyhaven/core/wire'
import { createActTools } from './act-tools.ts'
import type { ActContext } from './act-context.ts'
import { accessActs } from './access-acts.ts'
import { addressActs } from './address-acts.ts'
import { deviceActs } from './device-acts.ts'
import { personActs } from './person-acts.ts'
import { recoveryActs } from './recovery-acts.ts'
import { factorActs } from './factor-acts.ts'
import type { InnerActs } from './forward-acts.ts'
import { signInActs } from './sign-in-acts.ts'
import { streamActs } from '../streams/stream-acts.ts'

/** Creates all acts. Their chunk shares no code with the first one. */
export function accountActs(context: ActContext): InnerActs {
  const tools = createActTools(context)
  const { page, failed, signOut, act, prove } = tools
  const access = accessActs(tools)
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
    stepUp: prove,
    extend: (work) => work(tools),
    factors: factorActs(tools),
    ...personActs(tools),
    ...addressActs(tools),
    ...deviceActs(tools),
    ...recoveryActs(tools),
    ...signInActs(tools),
    ...access,
    ...streamActs({ ...tools, ticketUrl: access.ticketUrl }),
  }
}

interface SessionsPage {
  readonly items: readonly SessionEntry[]
  readonly next: string | null
}
