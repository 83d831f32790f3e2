import { text } from '../kit/form.ts'
import type { Pane } from '../kit/pane.ts'

/** Shows its title. */
export function reset(pane: Pane): void {
  const { title, lead } = pane.words.recovery.reset
  pane.show({ title, body: [text(lead)] })
}
