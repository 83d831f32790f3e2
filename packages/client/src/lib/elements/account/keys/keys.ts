import type { ApiKeyView } from '@keyhaven/core/wire'
import type { Pane } from '../../kit/pane.ts'
import { adding, allOf, listIn } from '../list.ts'
import type { List } from '../list.ts'
import { ago, beginButton, entry, rowButton, rows, when } from '../rows.ts'
import type { Row } from '../rows.ts'

/** The person's API keys. */
export function keys(pane: Pane): Promise<void> {
  const { keys: words } = pane.words.account
  const { apiKeys } = pane.auth
  return listIn(pane, { read: () => allOf(apiKeys.list) }, ({ items }, list) => ({
    body: [
      items.length === 0
        ? ['p', { class: 'kh-empty' }, words.empty]
        : rows(...items.map((one) => keyRow(list, one))),
      adding(list.formOf('key'), beginButton('key', words.add)),
    ],
    acts: {
      key: async () => list.begin('key', (await import('./add-key.ts')).addKey(list)),
      remove: async ({ dataset: { khId } }) => {
        const { removeKey } = await import('./remove-key.ts')
        const key = items.find(({ id }) => id === khId)
        if (key) removeKey(list, key)
      },
    },
  }))
}

function keyRow(list: List, one: ApiKeyView): Row {
  const { keys: words } = list.pane.words.account
  const { id, name, prefix, scope, lastUsedAt, expiresAt } = one
  const facts = [
    ['code', {}, `${prefix}…`] as const,
    lastUsedAt === null ? words.unused : ago(list, lastUsedAt, words.used),
    words.ends(when(list, expiresAt, false)),
    scope.length === 0 ? words.nothing : scope.join(', '),
  ]
  return { name: id, what: entry([name], facts), acts: [rowButton('remove', id, words.remove)] }
}
