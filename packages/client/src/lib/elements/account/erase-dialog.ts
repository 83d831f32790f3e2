import { openDialog } from '../kit/dialog.ts'
import { button, form, goLink, text } from '../kit/form.ts'
import type { Pane } from '../kit/pane.ts'
import type { Tree } from '../kit/tree.ts'
import { languageOf } from '../words.ts'

/** Repeats what ends with the account, and erases it. */
export async function eraseDialog(pane: Pane): Promise<void> {
  const { auth, words } = pane
  const { erase } = words.account
  const { email = '' } = auth.state.account ?? {}
  const sessions = await auth.sessions()
  const count = sessions.ok && sessions.next === null ? sessions.items.length : undefined
  openDialog(pane, ({ close }) => ({
    title: erase.confirmTitle,
    body: [
      text(erase.ends(email, count)),
      text(erase.undo),
      form(pane, {
        name: 'erase',
        act: erase.act,
        doing: erase.doing,
        look: 'kh-danger',
        beside: [button('cancel', words.kit.cancel, 'kh-quiet')],
      }),
    ],
    acts: { cancel: close },
    forms: {
      erase: {
        send: async () => {
          const result = await auth.eraseAccount()
          if (result.ok) erased(pane, email, result.erasesAt)
          return result
        },
      },
    },
  }))
}

/** Shows in place of the account when it is erased. Its person is signed out by then. */
function erased({ outer, words, host }: Pane, email: string, erasesAt: string): void {
  const { erase } = words.account
  if (!outer) return
  outer.course.accept()
  outer.emit('done', { what: 'erase', email, erasesAt })
  const format = { dateStyle: 'long', timeStyle: 'short' } as const
  const date = new Intl.DateTimeFormat(languageOf(host), format).format(new Date(erasesAt))
  const time: Tree = ['time', { datetime: erasesAt }, date]
  outer.show({
    title: erase.doneTitle,
    body: [
      text(erase.done(email)),
      ['p', { class: 'kh-date' }, time],
      text(erase.mind),
      goLink(outer, 'sign-in', { label: erase.signIn, look: 'kh-button kh-quiet' }),
    ],
  })
}
