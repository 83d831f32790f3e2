import { deviceName } from '../../device-name.ts'
import { field } from '../../kit/field.ts'
import { addedTo } from './added-to.ts'
import type { Begun, List } from '../list.ts'
import { partForm } from '../section.ts'

/** Creates a passkey with a name by which its user recognizes it. */
export function addPasskey(list: List): Begun {
  const { pane } = list
  const { factors: words } = pane.words.account
  const input = field(pane, {
    name: 'name',
    label: words.passkeyName,
    autocomplete: 'off',
    value: deviceName(),
    help: words.passkeyHelp,
  })
  const { create: act, creating: doing } = words
  return {
    form: partForm(list, { name: 'passkey-add', fields: [input], act, doing }),
    forms: {
      'passkey-add': {
        send: async ({ name = '' }) => {
          const { passkeys } = await import('../../../../passkey.ts')
          const chosen = name.trim() || deviceName()
          const result = await passkeys(pane.auth).register({ name: chosen })
          if (result.ok) await addedTo(list, words.passkeyAdded(chosen), result.recoveryCodes)
          return result
        },
      },
    },
  }
}
