import { text } from '../kit/form.ts'
import type { Pane } from '../kit/pane.ts'

/** Shows its title. */
export function emailChange(pane: Pane): void {
  const { title, lead } = pane.words.recovery.emailChange
  pane.show({ title, body: [text(lead)] })
}
