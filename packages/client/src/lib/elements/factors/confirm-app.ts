import type { TotpEnrolment } from '@keyhaven/core/wire'
import { form } from '../kit/form.ts'
import type { Pane } from '../kit/pane.ts'
import { appSecret } from './app-secret.ts'
import { attemptBelow, isOver } from './attempt-below.ts'
import type { Attempt } from './attempt.ts'
import { showCodes } from './show-codes.ts'
import { appCodeField } from './ways.ts'

/** Shows the secret of an app, and completes the sign-in with the app's first code. */
export function confirmApp(pane: Pane, attempt: Attempt, app: TotpEnrolment): void {
  const { enrol, secondFactor } = pane.words.factors
  pane.show({
    title: enrol.appTitle,
    login: attempt.login,
    body: [
      ...appSecret(pane, app),
      form(pane, { name: 'enrol-app', fields: [appCodeField(pane)], act: enrol.appAct }),
      ...attemptBelow(pane, attempt),
    ],
    forms: {
      'enrol-app': {
        missing: { code: secondFactor.missingCode },
        places: { invalid_credentials: 'code' },
        problems: { invalid_credentials: secondFactor.wrong },
        send: async ({ code = '' }) => {
          const result = await pane.auth.confirmEnrolledTotp({ id: app.id, code })
          if (result.ok) showCodes(pane, result.recoveryCodes)
          return result
        },
        refused: (error) => isOver(pane, error, attempt),
      },
    },
  })
}
