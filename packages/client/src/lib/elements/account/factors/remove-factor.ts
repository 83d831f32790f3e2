import type { FactorEntry } from '@keyhaven/core/wire'
import { confirm } from '../confirm.ts'
import type { List } from '../list.ts'

/** Removes a factor, after a dialog that names what ends. */
export function removeFactor(list: List, { id, kind, name }: FactorEntry, isLast: boolean): void {
  const { pane } = list
  const { factors: words } = pane.words.account
  const named = name ?? words[kind]
  confirm(pane, {
    name: 'factor-remove',
    title: words.removeTitle(named),
    lead: isLast ? words.removeLast : words.removeLead,
    act: words.removeAct[kind],
    doing: words.removing,
    look: 'kh-danger',
    send: () => pane.auth.factors.remove({ id }),
    done: () => list.done(words.removed(named)),
  })
}
