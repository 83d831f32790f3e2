import type { Pane } from '../kit/pane.ts'
import { goOn, isOver, showEnd, showForm } from './link-acts.ts'

/** Keeps an account that would be erased. It opens no session. */
export function erasure(pane: Pane): void {
  const { erasure: words } = pane.words.recovery
  const { title, lead, note, act } = words
  const { undo: token } = pane.link
  const over = (): void => showEnd(pane, words.over, words.overLead, goOn(pane))
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
        showEnd(pane, words.done, words.doneLead, goOn(pane))
      return result
    },
    refused: (error) => isOver(error) && (over(), true),
  })
}
