import { emailField } from '../kit/field.ts'
import { below, form, goLink, text } from '../kit/form.ts'
import type { Frame } from '../kit/frame.ts'
import type { Facts, Pane } from '../kit/pane.ts'
import type { Tree } from '../kit/tree.ts'

/** The markup of the form, with a sentence about why a mail is requested. */
export function forgotForm(frame: Frame, login?: string, why?: string): readonly Tree[] {
  const { requestLead, requestAct: act } = frame.words.recovery.reset
  return [
    text(why ?? requestLead),
    form(frame, { name: 'forgot', fields: [emailField(frame, login)], act }),
    below(goLink(frame, 'sign-in', { label: frame.words.kit.goBack })),
  ]
}

/** Requests a mail that resets a password. */
export function forgot(pane: Pane, { login }: Facts, why?: string): void {
  const { kit, recovery } = pane.words
  pane.show({
    title: recovery.reset.request,
    body: forgotForm(pane, login, why),
    forms: {
      forgot: {
        missing: { email: kit.missing.email },
        send: async ({ email = '' }) => {
          const result = await pane.auth.requestPasswordReset({ email })
          const isOurs = result.ok && pane.emit('done', { what: 'password-reset-requested' })
          if (isOurs) pane.go('reset', { login: email })
          return result
        },
      },
    },
  })
}
