import type { ApiKeyView, NewApiKey } from '@keyhaven/core/wire'
import type { AccessActs } from './account-acts.ts'
import type { ActTools } from './act-tools.ts'

/** Creates the acts on what programs and elements of a page use in place of the person's session. */
export function accessActs({ page, act, failed }: ActTools): AccessActs {
  return {
    apiKeys: {
      list: async (cursor) => {
        const query = cursor === undefined ? '' : `?${new URLSearchParams({ cursor })}`
        const reply = await page.send({ method: 'GET', path: `/api-keys${query}` })
        return reply?.status === 200 ? { ok: true, ...(reply.body as KeysPage) } : failed(reply)
      },
      create: async ({ name, scope, audience, expiresIn, addresses }) => {
        const body = { name, scope, audience, expiresIn, addresses }
        const reply = await act({ method: 'POST', path: '/api-keys', body })
        return reply?.status === 201 ? { ok: true, apiKey: reply.body as NewApiKey } : failed(reply)
      },
      remove: async ({ id }) => {
        const reply = await act({ method: 'DELETE', path: `/api-keys/${encodeURIComponent(id)}` })
        return reply?.status === 204 ? { ok: true } : failed(reply)
      },
    },
    ticketUrl: async (url) => {
      const address = new URL(url, page.base())
      // Browsers never send it
      address.hash = ''
      const reply = await act({ method: 'POST', path: '/tickets', body: { url: address.href } })
      if (reply?.status !== 201) return failed(reply)
      const { url: ticketed } = reply.body as { readonly url: string }
      return { ok: true, url: ticketed }
    },
  }
}

interface KeysPage {
  readonly items: readonly ApiKeyView[]
  readonly next: string | null
}
