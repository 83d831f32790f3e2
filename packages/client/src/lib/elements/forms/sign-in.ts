import { deviceName } from '../device-name.ts'
import { checkbox, loginField, passwordField } from '../kit/field.ts'
import { below, button, form, goLink } from '../kit/form.ts'
import type { Frame } from '../kit/frame.ts'
import type { Facts, Pane } from '../kit/pane.ts'
import type { Tree } from '../kit/tree.ts'
import { entered, isDue } from './entered.ts'
import { passkeyActs, passkeySignIn, suggest } from './passkey-sign-in.ts'

/** Tokens of mailed links that are of no more use. */
const over = new Set<string>()

/** What the form has typed in, and whether it offers a mail that signs in. */
export interface SignInOptions {
  readonly login?: string | undefined
  readonly mail?: boolean | undefined
}

/** The markup of the form. */
export function signInForm(frame: Frame, { login, mail }: SignInOptions = {}): readonly Tree[] {
  const { signIn: words, byMail } = frame.words.entry
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
    ...(mail ? [below(button('mail', byMail.instead))] : []),
    below(goLink(frame, 'forgot', { label: words.forgot })),
    below(words.new, goLink(frame, 'sign-up', { label: words.up })),
  ]
}

/** Signs a person in: by password, passkey, or a mail. */
export async function signIn(pane: Pane, { login: typed }: Facts): Promise<void> {
  const { host, link } = pane
  const { signIn: words } = pane.words.entry
  // A page may have elements whose links have a token too
  if (link.token !== '' && !over.has(link.token) && host.first === 'sign-in') {
    const { mailLink } = await import('./mail-link.ts')
    return mailLink(pane, () => over.add(link.token))
  }
  pane.show({
    title: words.title,
    body: signInForm(pane, { login: typed, mail: host.hasAttribute('mail') }),
    acts: {
      mail: async () => {
        const login = pane.root.querySelector<HTMLInputElement>('[name=login]')?.value
        const { mailSignIn } = await import('./mail-sign-in.ts')
        mailSignIn(pane, login)
      },
    },
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
  suggest(pane)
}
