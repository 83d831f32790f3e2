import type { FactorEntry } from '@keyhaven/core/wire'
import type { List } from '../list.ts'
import { ago, entry, loader, pill, rowButton } from '../rows.ts'
import type { Row } from '../rows.ts'
import type { Section } from '../section.ts'

/** With so few codes left the person should get new ones. */
const FEW = 3

/** An authenticator app or a passkey. */
export function factorRow(list: List, one: FactorEntry): Row {
  const { factors: words } = list.pane.words.account
  const { id, kind, name, createdAt, lastUsedAt } = one
  const facts = [
    ago(list, createdAt, words.added),
    lastUsedAt === null ? words.unused : ago(list, lastUsedAt, words.used),
  ]
  return {
    name: id,
    what: entry(name === null ? [words[kind]] : [name, ' ', pill(words[kind])], facts),
    acts: [
      ...(kind === 'passkey' ? [loader(list, id, { label: words.rename, act: 'rename' })] : []),
      rowButton('remove', id, words.remove),
    ],
    form: list.formOf(id),
  }
}

/** How many recovery codes are left, and the button for new ones. */
export function codesRow(section: Section, count: number): Row {
  const { codes, left, none, few, renew } = section.pane.words.account.factors
  const mark = count > FEW ? [] : [' ', pill(count === 0 ? none : few, 'kh-warn')]
  return {
    name: 'codes',
    what: entry([codes, ...mark], [left(count)]),
    acts: [rowButton('codes', '', renew)],
  }
}
