import type { Pane } from '../kit/pane.ts'

/** Shows its title. */
export function stepUp(pane: Pane): void {
  pane.show({ title: pane.words.factors.stepUp.title, body: [] })
}
