import { text } from '../kit/form.ts'
import type { Pane } from '../kit/pane.ts'

/** Shows its title. */
export function deny(pane: Pane): void {
  const { title, lead } = pane.words.recovery.deny
  pane.show({ title, body: [text(lead)] })
}
