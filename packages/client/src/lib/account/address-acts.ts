import type { AddressActs } from './account-acts.ts'
import type { ActTools } from './act-tools.ts'
import { inPasswordManager } from './in-password-manager.ts'
import { undoByLink } from './undo-by-link.ts'

/** Creates the acts that change an address. */
export function addressActs(tools: ActTools): AddressActs {
  const { act, failed, updated } = tools
  return {
    changeEmail: async ({ email }) => {
      const reply = await act({ method: 'PUT', path: '/accounts/{me}/email', body: { email } })
      return reply?.status === 202 ? { ok: true } : failed(reply)
    },
    confirmEmailChange: async (body) => {
      const reply = await act({ method: 'POST', path: '/email-changes/confirm', body })
      if (reply?.status !== 200) return failed(reply)
      const result = await updated({})
      await inPasswordManager(({ renameUser }) => renameUser(tools))
      return result
    },
    undoEmailChange: (body) => undoByLink(tools, '/email-changes/undo', body),
  }
}
