import type { Result } from '../../calls/results.ts'
import { mailCodeField, newPasswordField } from '../kit/field.ts'
import { below, button } from '../kit/form.ts'
import { goOn } from '../kit/go-on.ts'
import type { Facts, Pane } from '../kit/pane.ts'
import type { Tree } from '../kit/tree.ts'
import type { Typed } from '../kit/view.ts'
import { forgot } from './forgot.ts'
import { isOver } from './is-over.ts'
import { showEnd } from './show-end.ts'
import { showForm } from './show-form.ts'

/** Sets another password, by the link of a mail or by its code. Without either it requests that mail. */
export function reset(pane: Pane, { login }: Facts): void {
  const { kit, recovery } = pane.words
  const { reset: words } = recovery
  const { title, act } = words
  const { token } = pane.link
  const password = newPasswordField(pane)
  const missing = { password: kit.missing.password }
  const send = async ({ code, password: chosen = '' }: Typed): Promise<Result> => {
    const proof = code === undefined ? { token } : { code }
    const result = await pane.auth.resetPassword({ ...proof, password: chosen })
    if (result.ok && pane.emit('done', { what: 'password-reset' }))
      showEnd(pane, { title: words.done, lead: words.doneLead, next: [goOn(pane)] })
    return result
  }
  if (login !== undefined) {
    showForm(pane, {
      name: 'reset-code',
      title,
      lead: `${words.sent} ${words.leadCode}`,
      fields: [userName(login), mailCodeField(pane), password],
      act,
      missing: { code: kit.missing.code, ...missing },
      send,
      below: below(button('again', kit.mailAgain)),
      acts: { again: () => forgot(pane, { login }) },
    })
  } else if (token === '') forgot(pane, {})
  else {
    showForm(pane, {
      name: 'reset',
      title,
      lead: words.lead,
      fields: [password],
      act,
      missing,
      send,
      refused: (error) => isOver(error) && (forgot(pane, {}, words.failed), true),
    })
  }
}

/** Names the account to a password manager, which then replaces the password that it has. */
function userName(value: string): Tree {
  return ['input', { name: 'email', autocomplete: 'username', value, hidden: '' }]
}
