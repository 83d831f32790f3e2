import type { EmailConfirmation } from '../../account/account-acts.ts'
import type { AuthError, Result } from '../../calls/results.ts'
import { entered, isDue } from '../forms/entered.ts'
import { emailField, mailCodeField, newPasswordField } from '../kit/field.ts'
import { below, button } from '../kit/form.ts'
import type { Facts, Pane } from '../kit/pane.ts'
import { goOn, isOver, showEnd, showForm } from './link-acts.ts'

/** Confirms the address of a sign-up. */
export function verify(pane: Pane, { login }: Facts): void {
  const { kit, recovery } = pane.words
  const { verify: words } = recovery
  const { title, act } = words
  const { token } = pane.link

  const done = (isIn: boolean): void => {
    if (!pane.emit('done', { what: 'email-confirmed' })) return
    if (isIn && pane.host.hasAttribute('return')) return entered(pane)
    const { account } = pane.auth.state
    if (isIn && !pane.emit('signed-in', { account })) return
    showEnd(pane, words.done, isIn ? words.signedIn : words.signIn, goOn(pane))
  }
  const confirm = async (confirmation: EmailConfirmation): Promise<Result> => {
    const result = await pane.auth.confirmEmail(confirmation)
    if (result.ok) done(confirmation.password === undefined)
    return result
  }

  const mailAgain = (lead = words.failed): void =>
    showForm(pane, {
      name: 'verify-mail',
      title,
      lead,
      fields: [emailField(pane, login)],
      act: kit.mailAgain,
      missing: { email: kit.missing.email },
      send: async ({ email = '' }) => {
        const result = await pane.auth.requestConfirmation({ email })
        if (result.ok) byCode(words.sent)
        return result
      },
    })

  // Another browser than the one that signed up sets a password (H12)
  const withPassword = (): void =>
    showForm(pane, {
      name: 'verify-password',
      title,
      lead: words.password,
      fields: [newPasswordField(pane)],
      act: words.passwordAct,
      missing: { password: kit.missing.password },
      send: ({ password = '' }) => confirm({ token, password }),
      refused: (error) => isOver(error) && (mailAgain(), true),
    })

  const refused = (error: AuthError): boolean => {
    if (error.code === 'password_required') withPassword()
    else if (isOver(error)) mailAgain()
    else return isDue(pane, error)
    return true
  }

  const byCode = (lead = words.leadCode): void =>
    showForm(pane, {
      name: 'verify',
      title,
      lead,
      fields: [mailCodeField(pane)],
      act,
      missing: { code: kit.missing.code },
      send: ({ code = '' }) => confirm({ code }),
      refused: (error) => isDue(pane, error, login),
      below: below(button('again', kit.mailAgain)),
      acts: { again: () => mailAgain(words.again) },
    })

  if (token === '') byCode()
  else
    showForm(pane, {
      name: 'verify-link',
      title,
      lead: words.lead,
      act,
      send: () => confirm({ token }),
      refused,
    })
}
