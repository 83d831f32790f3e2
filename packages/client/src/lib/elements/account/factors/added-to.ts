import { showOnce } from '../../kit/show-once.ts'
import type { List } from '../list.ts'

/** Shows a list with what was added to it; before, the recovery codes that came with a first factor. */
export async function addedTo(
  list: List,
  said: string,
  codes: readonly string[] | undefined,
): Promise<void> {
  if (codes === undefined) return list.done(said)
  const { enrol } = list.pane.words.factors
  const words = { ...enrol, title: enrol.codes, lead: enrol.codesLead, label: enrol.codes }
  showOnce(list.pane, codes, { words, onSaved: () => void list.done(said) })
}
