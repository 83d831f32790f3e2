import { deviceName } from '../device-name.ts'
import { emailField, mailCodeField } from '../kit/field.ts'
import { below, button, form, text } from '../kit/form.ts'
import type { Pane } from '../kit/pane.ts'
import { entered, isDue } from './entered.ts'

/** Requests a mail that signs in. */
export function mailSignIn(pane: Pane, login?: string): void {
  const { kit, entry } = pane.words
  const { title, lead, act, sent, again } = entry.byMail
  pane.show({
    title,
    login,
    body: [
      text(lead),
      form(pane, { name: 'sign-in-mail', fields: [emailField(pane, login)], act }),
      below(button('password', again)),
    ],
    acts: { password: () => pane.go('sign-in', { ...(login !== undefined && { login }) }) },
    forms: {
      'sign-in-mail': {
        missing: { email: kit.missing.email },
        send: async ({ email = '' }) => {
          const result = await pane.auth.signInByMail({ email })
          if (result.ok) signInByCode(pane, { title, lead: sent, login: email })
          return result
        },
      },
    },
  })
}

/** The words of the form for the code, and the address to which it was mailed, if it is known. */
interface Sent {
  readonly title: string
  readonly lead: string
  readonly login?: string
}

/** Signs in by the code of the mail, in the browser that requested it. */
export function signInByCode(pane: Pane, { title, lead, login }: Sent): void {
  const { kit, entry } = pane.words
  const { signIn, byMail } = entry
  pane.show({
    title,
    login,
    body: [
      text(lead),
      form(pane, {
        name: 'sign-in-code',
        fields: [mailCodeField(pane)],
        act: signIn.act,
        doing: signIn.doing,
      }),
      below(button('mail', kit.mailAgain)),
      below(button('password', byMail.again)),
    ],
    acts: {
      mail: () => mailSignIn(pane, login),
      password: () => pane.go('sign-in', { ...(login !== undefined && { login }) }),
    },
    forms: {
      'sign-in-code': {
        missing: { code: kit.missing.code },
        send: async ({ code = '' }) => {
          const result = await pane.auth.confirmSignIn({ code, device: deviceName() })
          if (result.ok) entered(pane)
          return result
        },
        refused: (error) => isDue(pane, error, login),
      },
    },
  })
}
