import { emailField } from '../kit/field.ts'
import type { Facts, Pane } from '../kit/pane.ts'
import { showForm } from './show-form.ts'

/** Requests a mail that resets a password. */
export function forgot(pane: Pane, { login }: Facts): void {
  request(pane, { login })
}

interface Request {
  readonly login?: string | undefined
  readonly why?: string
}

/** The same, with a sentence about why. */
export function request(pane: Pane, { login, why }: Request = {}): void {
  const { kit, recovery } = pane.words
  const { request: title, requestLead, requestAct: act } = recovery.reset
  showForm(pane, {
    name: 'forgot',
    title,
    lead: why ?? requestLead,
    fields: [emailField(pane, login)],
    act,
    missing: { email: kit.missing.email },
    send: async ({ email = '' }) => {
      const result = await pane.auth.requestPasswordReset({ email })
      const isOurs = result.ok && pane.emit('done', { what: 'password-reset-requested' })
      if (isOurs) pane.go('reset', { login: email })
      return result
    },
  })
}
