import type { AuthError } from '../../calls/results.ts'
import type { Pane } from '../kit/pane.ts'
import { isOver } from './is-over.ts'
import { resetLink, showEnd } from './show-end.ts'
import { showForm } from './show-form.ts'
import { isRequired, undo } from './undo.ts'
import type { Undoing } from './undo.ts'

/** Brings the former address back, to which the link was mailed. */
export function undoEmailChange(pane: Pane, token: string): void {
  const { emailChange: words } = pane.words.recovery
  const { undoTitle: title, undoLead: lead, undoNote: note, undoAct: act } = words
  const ended = (error: AuthError): boolean => {
    if (!isOver(error)) return false
    showEnd(pane, { title: words.undoOver, lead: words.undoOverLead })
    return true
  }
  const undoing: Undoing = {
    act,
    send: (proof) => pane.auth.undoEmailChange({ token, ...proof }),
    byPasskey: async () => {
      const { passkeys } = await import('../../../passkey.ts')
      return passkeys(pane.auth).undoEmailChange({ token })
    },
    done: () => {
      if (pane.emit('done', { what: 'email-change-undone' }))
        showEnd(pane, {
          title: words.undone,
          lead: words.undoneLead,
          next: [resetLink(pane, words.undoneAct)],
        })
    },
    ended,
  }
  showForm(pane, {
    name: 'email-undo',
    title,
    lead,
    note,
    act,
    send: () => undo(pane, undoing, undoing.send({})),
    refused: (error) => ended(error) || isRequired(pane, error, undoing),
  })
}
