import { below, form, goLink, text } from '../kit/form.ts'
import { goOn } from '../kit/go-on.ts'
import type { Pane } from '../kit/pane.ts'
import type { Tree } from '../kit/tree.ts'

/** Shows who is signed in, and signs them out. */
export function signedIn(pane: Pane): void {
  const { signedIn: words } = pane.words.entry
  const { account } = pane.auth.state
  pane.show({
    title: words.title,
    body: [
      text(words.as(account?.email ?? '')),
      ...(pane.host.hasAttribute('pages') ? onPages(pane) : []),
      form(pane, { name: 'sign-out', act: words.out, doing: words.outDoing, look: 'kh-quiet' }),
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

/** The pages of the service lead to the application, and to the account. */
function onPages(pane: Pane): readonly Tree[] {
  const { account: label } = pane.words.entry.signedIn
  return [goOn(pane), below(goLink(pane, 'account', { label }))]
}
