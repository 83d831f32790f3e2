import type { Pane } from '../kit/pane.ts'

/** Shows its title. */
export function account(pane: Pane): void {
  pane.show({ title: pane.words.account.title, body: [] })
}
