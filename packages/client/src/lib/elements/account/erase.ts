import { button } from '../kit/form.ts'
import type { Pane } from '../kit/pane.ts'
import { sectionIn } from './section.ts'

/** Erases the account, after a dialog that repeats what ends. */
export function erase(pane: Pane): void {
  sectionIn(pane, () => ({
    body: [button('erase', pane.words.account.erase.begin, 'kh-quiet kh-destructive')],
    acts: {
      erase: async () => (await import('./erase-dialog.ts')).eraseDialog(pane),
    },
  })).draw()
}
