import type { TotpEnrolment } from '@keyhaven/core/wire'
import { appSecret } from '../../factors/app-secret.ts'
import { codeField } from '../../kit/field.ts'
import { addedTo } from './added-to.ts'
import type { Begun, List } from '../list.ts'
import { partForm } from '../section.ts'

/** Sets up an authenticator app by the secret that the service has made, and the first code of the app. */
export function addApp(list: List, app: TotpEnrolment): Begun {
  const { pane } = list
  const { secondFactor } = pane.words.factors
  const { app: act, appOver, appAdded } = pane.words.account.factors
  const parts = [...appSecret(pane, app), codeField(pane, { more: { inputmode: 'numeric' } })]
  return {
    form: partForm(list, { name: 'app-add', fields: parts, act }),
    forms: {
      'app-add': {
        missing: { code: secondFactor.missingCode },
        places: { invalid_credentials: 'code' },
        problems: { invalid_credentials: secondFactor.wrong, not_found: appOver },
        send: async ({ code = '' }) => {
          const result = await pane.auth.factors.confirmTotp({ id: app.id, code: code.trim() })
          if (result.ok) await addedTo(list, appAdded, result.recoveryCodes)
          return result
        },
      },
    },
  }
}
