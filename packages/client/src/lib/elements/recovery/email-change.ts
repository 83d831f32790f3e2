import type { AuthError, Result } from '../../calls/results.ts'
import type { LinkProof } from '../../account/account-acts.ts'
import { mailCodeField } from '../kit/field.ts'
import { goOn } from '../kit/go-on.ts'
import type { Pane } from '../kit/pane.ts'
import { isOver } from './is-over.ts'
import { showEnd } from './show-end.ts'
import { showForm } from './show-form.ts'
import { undoEmailChange } from './undo-email-change.ts'

/** Confirms another address of an account, or brings the former one back. */
export function emailChange(pane: Pane): void {
  const { kit, recovery } = pane.words
  const { emailChange: words } = recovery
  const { title, lead, leadCode, act } = words
  const { token, undo } = pane.link

  const confirm = async (proof: LinkProof): Promise<Result> => {
    const result = await pane.auth.confirmEmailChange(proof)
    if (result.ok && pane.emit('done', { what: 'email-changed' }))
      showEnd(pane, { title: words.done, lead: words.doneLead, next: [goOn(pane)] })
    return result
  }
  // In the browser that requested the change
  const byCode = (heading: string, sentence: string): void =>
    showForm(pane, {
      name: 'email-change-code',
      title: heading,
      lead: sentence,
      fields: [mailCodeField(pane)],
      act,
      missing: { code: kit.missing.code },
      send: ({ code = '' }) => confirm({ code }),
    })
  // In a session of the account (H14)
  const refused = (error: AuthError): boolean => {
    if (error.code === 'link_elsewhere') byCode(words.elsewhere, words.elsewhereLead)
    else if (isOver(error))
      showEnd(pane, { title: words.over, lead: words.overLead, next: [goOn(pane)] })
    else return false
    return true
  }

  if (undo !== '') undoEmailChange(pane, undo)
  else if (token === '') byCode(title, leadCode)
  else
    showForm(pane, {
      name: 'email-change',
      title,
      lead,
      act,
      send: () => confirm({ token }),
      refused,
    })
}
