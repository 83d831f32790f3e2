import type { FactorList, RecoveryCodes, TotpEnrolment } from '@keyhaven/core/wire'
import type { FactorActs } from './account-acts.ts'
import type { ActTools } from './act-tools.ts'
import { inPasswordManager } from './in-password-manager.ts'

/** Creates the acts on a person's second factors. */
export function factorActs(tools: ActTools): FactorActs {
  const { page, act, failed } = tools
  return {
    list: async () => {
      const reply = await page.send({ method: 'GET', path: '/factors' })
      return reply?.status === 200 ? { ok: true, ...(reply.body as FactorList) } : failed(reply)
    },
    addTotp: async () => {
      const reply = await act({ method: 'POST', path: '/factors/totp' })
      return reply?.status === 201 ? { ok: true, ...(reply.body as TotpEnrolment) } : failed(reply)
    },
    confirmTotp: async ({ id, code }) => {
      const path = `/factors/totp/${encodeURIComponent(id)}/confirm`
      const reply = await act({ method: 'POST', path, body: { code } })
      return reply?.status === 200
        ? { ok: true, ...(reply.body as Partial<RecoveryCodes>) }
        : failed(reply)
    },
    rename: async ({ id, name }) => {
      const path = `/passkeys/${encodeURIComponent(id)}`
      const reply = await act({ method: 'PATCH', path, body: { name } })
      return reply?.status === 200 ? { ok: true } : failed(reply)
    },
    remove: async ({ id }) => {
      const reply = await act({ method: 'DELETE', path: `/factors/${encodeURIComponent(id)}` })
      if (reply?.status !== 204) return failed(reply)
      await inPasswordManager(({ forgetRemoved }) => forgetRemoved(tools))
      return { ok: true }
    },
    renewRecoveryCodes: async () => {
      const reply = await act({ method: 'POST', path: '/factors/recovery-codes' })
      return reply?.status === 201 ? { ok: true, ...(reply.body as RecoveryCodes) } : failed(reply)
    },
  }
}
