import type { EmailConfirmation } from '../../account/account-acts.ts'
import type { AuthError, Result } from '../../calls/results.ts'
import { entered, isDue } from '../forms/entered.ts'
import { emailField, mailCodeField, newPasswordField } from '../kit/field.ts'
import { below, button } from '../kit/form.ts'
import { goOn } from '../kit/go-on.ts'
import type { Facts, Pane } from '../kit/pane.ts'
import { isOver } from './is-over.ts'
import { showEnd } from './show-end.ts'
import { showForm } from './show-form.ts'

/** Confirms the address of a sign-up. */
export function verify(pane: Pane, facts: Facts): void {
  const { title, act, lead, failed } = pane.words.recovery.verify
  const { token } = pane.link
  if (token === '') return byCode(pane, facts)
  const again = (): void => mailAgain(pane, facts, failed)
  showForm(pane, {
    name: 'verify-link',
    title,
    lead,
    act,
    send: () => confirm(pane, { token }),
    refused: (error) => {
      if (error.code === 'password_required') withPassword(pane, token, again)
      else if (isOver(error)) again()
      else return isDue(pane, error)
      return true
    },
  })
}

/** Another browser than the one that signed up sets a password (H12). */
function withPassword(pane: Pane, token: string, again: () => void): void {
  const { title, password: lead, passwordAct: act } = pane.words.recovery.verify
  showForm(pane, {
    name: 'verify-password',
    title,
    lead,
    fields: [newPasswordField(pane)],
    act,
    missing: { password: pane.words.kit.missing.password },
    send: ({ password = '' }) => confirm(pane, { token, password }),
    refused: (error: AuthError) => isOver(error) && (again(), true),
  })
}

function mailAgain(pane: Pane, { login }: Facts, lead: string): void {
  const { kit, recovery } = pane.words
  const { title, sent } = recovery.verify
  showForm(pane, {
    name: 'verify-mail',
    title,
    lead,
    fields: [emailField(pane, login)],
    act: kit.mailAgain,
    missing: { email: kit.missing.email },
    send: async ({ email = '' }) => {
      const result = await pane.auth.requestConfirmation({ email })
      if (result.ok) byCode(pane, { login: email }, sent)
      return result
    },
  })
}

/** Confirms by the code of the mail, in the browser that signed up. */
function byCode(pane: Pane, facts: Facts, sentence?: string): void {
  const { kit, recovery } = pane.words
  const { title, act, leadCode, again } = recovery.verify
  showForm(pane, {
    name: 'verify',
    title,
    lead: sentence ?? leadCode,
    fields: [mailCodeField(pane)],
    act,
    missing: { code: kit.missing.code },
    send: ({ code = '' }) => confirm(pane, { code }),
    refused: (error) => isDue(pane, error, facts.login),
    below: below(button('again', kit.mailAgain)),
    acts: { again: () => mailAgain(pane, facts, again) },
  })
}

async function confirm(pane: Pane, confirmation: EmailConfirmation): Promise<Result> {
  const result = await pane.auth.confirmEmail(confirmation)
  if (result.ok) done(pane, confirmation.password === undefined)
  return result
}

function done(pane: Pane, isIn: boolean): void {
  const { done: title, signedIn, signIn } = pane.words.recovery.verify
  if (!pane.emit('done', { what: 'email-confirmed' })) return
  if (isIn && pane.host.hasAttribute('return')) return entered(pane)
  const { account } = pane.auth.state
  if (isIn && !pane.emit('signed-in', { account })) return
  showEnd(pane, { title, lead: isIn ? signedIn : signIn, next: [goOn(pane)] })
}
