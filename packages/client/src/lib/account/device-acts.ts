import type { DeviceEntry } from '@keyhaven/core/wire'
import type { DeviceActs } from './account-acts.ts'
import type { ActTools } from './act-tools.ts'
import { undoByLink } from './undo-by-link.ts'

/** Creates the acts on the browsers of a person. */
export function deviceActs(tools: ActTools): DeviceActs {
  const { page, act, failed } = tools
  return {
    devices: async () => {
      const reply = await page.send({ method: 'GET', path: '/devices' })
      if (reply?.status !== 200) return failed(reply)
      const { items } = reply.body as { readonly items: readonly DeviceEntry[] }
      return { ok: true, devices: items }
    },
    forgetDevice: async (id) => {
      const reply = await act({ method: 'DELETE', path: `/devices/${encodeURIComponent(id)}` })
      return reply?.status === 204 ? { ok: true } : failed(reply)
    },
    denySignIn: (body) => undoByLink(tools, '/session-notices/deny', body),
  }
}
