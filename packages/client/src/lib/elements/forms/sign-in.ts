import { deviceName } from '../device-name.ts'
import { checkbox, loginField, passwordField } from '../kit/field.ts'
import { below, form, goLink } from '../kit/form.ts'
import type { Frame } from '../kit/frame.ts'
import type { Facts, Pane } from '../kit/pane.ts'
import type { Tree } from '../kit/tree.ts'
import { entered, isDue } from './entered.ts'
import { passkeyActs, passkeySignIn } from './passkey-sign-in.ts'

/** The markup of the form. */
export function signInForm(frame: Frame, login?: string): readonly Tree[] {
  const { signIn: words } = frame.words.entry
  return [
    form(frame, {
      name: 'sign-in',
      fields: [
        loginField(frame, words.login, login),
        passwordField(frame),
        checkbox(frame, 'remember', words.remember),
      ],
      act: words.act,
      doing: words.doing,
    }),
    ...passkeySignIn(frame),
    below(goLink(frame, 'forgot', { label: words.forgot })),
    below(words.new, goLink(frame, 'sign-up', { label: words.up })),
  ]
}

/** Signs a person in by password or passkey. */
export function signIn(pane: Pane, { login: typed }: Facts): void {
  const { signIn: words } = pane.words.entry
  pane.show({
    title: words.title,
    body: signInForm(pane, typed),
    forms: {
      'sign-in': {
        missing: words.missing,
        send: async ({ login = '', password = '', remember }) => {
          const device = deviceName()
          const isRemembered = remember !== undefined
          const result = await pane.auth.signIn({ login, password, remember: isRemembered, device })
          if (result.ok) entered(pane)
          else isDue(pane, result.error, login)
          return result
        },
        refused: ({ code }) => code === 'second_factor_required',
      },
      passkey: passkeyActs(pane),
    },
  })
}
