import type { AuthError } from '../../calls/results.ts'
import { checkbox } from '../kit/field.ts'
import { below } from '../kit/form.ts'
import { goOn } from '../kit/go-on.ts'
import type { Pane } from '../kit/pane.ts'
import { isOver } from './is-over.ts'
import { resetLink, showEnd } from './show-end.ts'
import { showForm } from './show-form.ts'
import { isRequired, undo } from './undo.ts'
import type { Undoing } from './undo.ts'

/** Signs out a device that the person has not signed in. To end everything is their choice, in the same request (H4). */
export function deny(pane: Pane): void {
  const { deny: words } = pane.words.recovery
  const { title, lead, act } = words
  const { token } = pane.link
  let everything: { readonly everything?: true } = {}

  const over = (): void =>
    showEnd(pane, { title: words.over, lead: words.failed, next: [resetLink(pane, words.reset)] })
  const done = (): void => {
    if (!pane.emit('done', { what: 'sign-in-denied' })) return
    if (everything.everything) {
      showEnd(pane, {
        title: words.done,
        lead: words.doneAll,
        next: [resetLink(pane, words.reset)],
      })
      return
    }
    const reset = below(resetLink(pane, words.reset, true))
    showEnd(pane, { title: words.done, lead: words.doneOne, next: [goOn(pane), reset] })
  }
  const ended = (error: AuthError): boolean => isOver(error) && (over(), true)
  const undoing: Undoing = {
    act,
    send: (proof) => pane.auth.denySignIn({ token, ...everything, ...proof }),
    byPasskey: async () => {
      const { passkeys } = await import('../../../passkey.ts')
      return passkeys(pane.auth).denySignIn({ token, ...everything })
    },
    done,
    ended,
  }
  if (token === '') return over()
  showForm(pane, {
    name: 'deny',
    title,
    lead,
    fields: [checkbox(pane, 'everything', words.everything)],
    act,
    send: (typed) => {
      everything = typed['everything'] === undefined ? {} : { everything: true }
      return undo(pane, undoing, undoing.send({}))
    },
    refused: (error) => ended(error) || isRequired(pane, error, undoing),
  })
}
