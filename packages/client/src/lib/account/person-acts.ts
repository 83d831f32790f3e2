import type { AccountView } from '@keyhaven/core/wire'
import type { PersonActs } from './account-acts.ts'
import type { ActTools } from './act-tools.ts'

/** Creates the acts on a person's own account. */
export function personActs({ page, act, post, failed, updated }: ActTools): PersonActs {
  const path = '/accounts/{me}'
  return {
    changePassword: async ({ current, password }) => {
      const body = { current, password }
      const reply = await act({ method: 'PUT', path: `${path}/password`, body })
      return reply?.status === 204 ? updated({}) : failed(reply)
    },
    updateProfile: async ({ name, username, profile, locale }) => {
      const body = { name, username, profile, locale }
      const reply = await act({ method: 'PATCH', path, body })
      return reply?.status === 200 ? updated({ account: reply.body as AccountView }) : failed(reply)
    },
    exportAccount: async () => {
      const reply = await act({ method: 'GET', path: `${path}/export` })
      if (reply?.status !== 200) return failed(reply)
      const text = JSON.stringify(reply.body, undefined, 2)
      return { ok: true, file: new File([text], 'account.json', { type: 'application/json' }) }
    },
    eraseAccount: async () => {
      const sender = page.who()
      const reply = await act({ method: 'DELETE', path })
      if (reply?.status !== 202) return failed(reply)
      const body = reply.body as { readonly erasesAt: string }
      const { view } = page.store.known
      // Another person may have signed in since
      if (view?.account.id !== sender) return updated(body)
      if (view) page.store.dispatch({ type: 'over', session: view.session.id })
      return { ok: true, ...body }
    },
    undoErasure: ({ token }) => post('/account-erasures/undo', { token }, 200),
  }
}
