import { emailField, field, newPasswordField } from '../kit/field.ts'
import { below, button, form, goLink, text } from '../kit/form.ts'
import type { Frame } from '../kit/frame.ts'
import type { Facts, Pane } from '../kit/pane.ts'
import type { Tree } from '../kit/tree.ts'
import { entered, isDue } from './entered.ts'

/** The markup of the form. */
export function signUpForm(frame: Frame, email?: string): readonly Tree[] {
  const { kit, entry } = frame.words
  const { signUp: words } = entry
  const label = `${words.name} ${kit.optional}`
  return [
    form(frame, {
      name: 'sign-up',
      fields: [
        field(frame, { name: 'name', label, autocomplete: 'name' }),
        emailField(frame, email, 'username'),
        newPasswordField(frame, { label: kit.password }),
      ],
      act: words.act,
      doing: words.doing,
    }),
    below(words.known, goLink(frame, 'sign-in', { label: words.in })),
  ]
}

/** Creates an account. */
export function signUp(pane: Pane, { login }: Facts): void {
  const { kit, entry } = pane.words
  const { signUp: words } = entry
  pane.show({
    title: words.title,
    body: signUpForm(pane, login),
    forms: {
      'sign-up': {
        missing: { email: kit.missing.email, ...words.missing },
        places: { conflict: 'email' },
        refused: ({ code }) => code === 'second_factor_required',
        send: async ({ email = '', password = '', name = '' }) => {
          const named = name.trim() === '' ? {} : { name }
          const result = await pane.auth.signUp({ email, password, ...named })
          if (!result.ok) {
            isDue(pane, result.error, email)
            return result
          }
          const { pending } = result
          if (!pane.emit('signed-up', { email, pending })) return result
          if (pending) checkMail(pane, email)
          else entered(pane)
          return result
        },
      },
    },
  })
}

/** The address must be confirmed first. */
function checkMail(pane: Pane, email: string): void {
  const { signUp: words } = pane.words.entry
  pane.show({
    title: words.pendingTitle,
    body: [
      text(words.pending(email)),
      goLink(pane, 'verify', { label: words.enterCode, look: 'kh-button kh-primary' }),
      below(button('other', words.other)),
    ],
    acts: { other: () => signUp(pane, {}) },
  })
}
