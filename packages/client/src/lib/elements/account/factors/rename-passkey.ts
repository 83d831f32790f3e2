import type { FactorEntry } from '@keyhaven/core/wire'
import { field } from '../../kit/field.ts'
import { changes } from '../list.ts'
import type { Begun, List } from '../list.ts'
import { partForm } from '../section.ts'

/** Names a passkey. */
export function renamePasskey(list: List, { id, name: value }: FactorEntry): Begun {
  const { pane } = list
  const { passkeyName: label, renameAct: act, nameMissing, renamed } = pane.words.account.factors
  return {
    form: partForm(list, {
      name: 'passkey-rename',
      fields: [field(pane, { name: 'name', label, autocomplete: 'off', value: value ?? '' })],
      act,
    }),
    forms: {
      'passkey-rename': {
        missing: { name: nameMissing },
        send: changes(
          list,
          ({ name = '' }) => pane.auth.factors.rename({ id, name: name.trim() }),
          ({ name = '' }) => renamed(name.trim()),
        ),
      },
    },
  }
}
