import { goOn } from '../kit/go-on.ts'
import type { Pane } from '../kit/pane.ts'
import { isOver } from './is-over.ts'
import { showEnd } from './show-end.ts'
import { showForm } from './show-form.ts'

/** Keeps an account that would be erased. It opens no session. */
export function erasure(pane: Pane): void {
  const { erasure: words } = pane.words.recovery
  const { title, lead, note, act } = words
  const { undo: token } = pane.link
  const over = (): void =>
    showEnd(pane, { title: words.over, lead: words.overLead, next: [goOn(pane)] })
  if (token === '') return over()
  showForm(pane, {
    name: 'erasure',
    title,
    lead,
    note,
    act,
    send: async () => {
      const result = await pane.auth.undoErasure({ token })
      if (result.ok && pane.emit('done', { what: 'erasure-undone' }))
        showEnd(pane, { title: words.done, lead: words.doneLead, next: [goOn(pane)] })
      return result
    },
    refused: (error) => isOver(error) && (over(), true),
  })
}
