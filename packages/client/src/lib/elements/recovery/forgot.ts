import { emailField } from '../kit/field.ts'
import { form, text } from '../kit/form.ts'
import type { Facts, Pane } from '../kit/pane.ts'

/** Requests a mail that resets a password. */
export function forgot(pane: Pane, { login }: Facts): void {
  const { kit, recovery } = pane.words
  const { request, requestLead, requestAct: act, sent } = recovery.reset
  pane.show({
    title: request,
    body: [
      text(requestLead),
      form(pane, { name: 'forgot', fields: [emailField(pane, login)], act }),
    ],
    forms: {
      forgot: {
        missing: { email: kit.missing.email },
        send: ({ email = '' }) => pane.auth.requestPasswordReset({ email }),
        said: sent,
      },
    },
  })
}
