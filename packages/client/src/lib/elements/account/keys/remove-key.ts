import type { ApiKeyView } from '@keyhaven/core/wire'
import { confirm } from '../confirm.ts'
import type { List } from '../list.ts'

/** Ends an API key, after a dialog that names it. */
export function removeKey(list: List, { id, name }: ApiKeyView): void {
  const { pane } = list
  const { keys: words } = pane.words.account
  confirm(pane, {
    name: 'key-remove',
    title: words.removeTitle(name),
    lead: words.removeLead,
    act: words.removeAct,
    doing: words.removing,
    look: 'kh-danger',
    send: () => pane.auth.apiKeys.remove({ id }),
    done: () => list.done(words.removed(name)),
  })
}
