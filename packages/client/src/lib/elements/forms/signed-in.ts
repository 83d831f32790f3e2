import { below, form, goLink, text } from '../kit/form.ts'
import { goOn } from '../kit/go-on.ts'
import type { Pane } from '../kit/pane.ts'

/** Shows who is signed in, and signs them out. */
export function signedIn(pane: Pane): void {
  const { signedIn: words } = pane.words.entry
  const { account } = pane.auth.state
  pane.show({
    title: words.title,
    body: [
      text(words.as(account?.email ?? '')),
      // The service's own pages lead to the application
      ...(pane.host.hasAttribute('pages') ? [goOn(pane)] : []),
      form(pane, { name: 'sign-out', act: words.out, doing: words.outDoing, look: 'kh-quiet' }),
      below(goLink(pane, 'account', { label: words.manage })),
    ],
    forms: {
      'sign-out': {
        send: async () => {
          const result = await pane.auth.signOut()
          if (result.ok) pane.emit('signed-out')
          return result
        },
      },
    },
  })
}
