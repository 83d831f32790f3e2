import type { Pane } from '../../kit/pane.ts'
import { adding, listIn } from '../list.ts'
import { rows } from '../rows.ts'
import { addButtons } from './add-buttons.ts'
import { codesRow, factorRow } from './factor-rows.ts'

/** The person's authenticator apps, passkeys and recovery codes. */
export function factors(pane: Pane): Promise<void> {
  const { factors: words } = pane.words.account
  const { factors: acts } = pane.auth
  return listIn(pane, { read: acts.list }, ({ items, recoveryCodes }, list) => ({
    body: [
      items.length === 0
        ? ['p', { class: 'kh-empty' }, words.empty]
        : rows(...items.map((one) => factorRow(list, one)), codesRow(list, recoveryCodes)),
      adding(list.formOf('passkey') ?? list.formOf('app'), ...addButtons(list)),
    ],
    acts: {
      passkey: async () =>
        list.begin('passkey', (await import('./add-passkey.ts')).addPasskey(list)),
      remove: async ({ dataset: { khId } }) => {
        const { removeFactor } = await import('./remove-factor.ts')
        const factor = items.find(({ id }) => id === khId)
        if (factor) removeFactor(list, factor, items.length === 1)
      },
      rename: async ({ dataset: { khOpens } }) => {
        const { renamePasskey } = await import('./rename-passkey.ts')
        const factor = items.find(({ id }) => id === khOpens)
        if (factor) list.begin(factor.id, renamePasskey(list, factor))
      },
      codes: async () => (await import('./renew-codes.ts')).renewCodes(list, recoveryCodes),
    },
    forms: {
      'app-begin': {
        send: async () => {
          const result = await acts.addTotp()
          if (result.ok) list.begin('app', (await import('./add-app.ts')).addApp(list, result))
          return result
        },
      },
    },
  }))
}
