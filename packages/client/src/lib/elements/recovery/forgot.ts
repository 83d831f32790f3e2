import { emailField } from '../kit/field.ts'
import { form, text } from '../kit/form.ts'
import type { Frame } from '../kit/frame.ts'
import type { Facts, Pane } from '../kit/pane.ts'
import type { Tree } from '../kit/tree.ts'

/** The markup of the form. */
export function forgotForm(frame: Frame, login?: string): readonly Tree[] {
  const { requestLead, requestAct: act } = frame.words.recovery.reset
  return [
    text(requestLead),
    form(frame, { name: 'forgot', fields: [emailField(frame, login)], act }),
  ]
}

/** Requests a mail that resets a password. */
export function forgot(pane: Pane, { login }: Facts): void {
  const { kit, recovery } = pane.words
  const { request, sent } = recovery.reset
  pane.show({
    title: request,
    body: forgotForm(pane, login),
    forms: {
      forgot: {
        missing: { email: kit.missing.email },
        send: ({ email = '' }) => pane.auth.requestPasswordReset({ email }),
        said: sent,
      },
    },
  })
}
