import type { AuthError, Result, Undone } from '@keyhaven/client'
import { passkeys } from '@keyhaven/client/passkey'
import { element, form, goOn, show, text } from './dom.ts'
import { isRequired, paused } from './older-factor.ts'
import { auth, codeField, isOver, token, undo, words } from './page.ts'

const { emailChange } = words

const done = (): void => show(emailChange.done, text(emailChange.doneLead), goOn(words))

/** Confirms by the code, in the browser that requested the change. */
const byCode = (title: string, lead: string): void => {
  const code = codeField()
  const send = async (): Promise<Result> => {
    const result = await auth.confirmEmailChange({ code: code.value() })
    if (result.ok) done()
    return result
  }
  show(title, text(lead), form({ words, fields: [code], act: emailChange.act, send }))
}

/** Confirms by the link, in a session of the account (H14). */
const byLink = (): void => {
  const send = async (): Promise<Result> => {
    const result = await auth.confirmEmailChange({ token })
    if (result.ok) done()
    return result
  }
  const refused = (error: AuthError): boolean => {
    if (error.code === 'link_elsewhere') byCode(emailChange.elsewhere, emailChange.elsewhereLead)
    else if (isOver(error)) show(emailChange.over, text(emailChange.overLead), goOn(words))
    else return false
    return true
  }
  const { title, lead, act } = emailChange
  show(title, text(lead), form({ words, fields: [], act, send, refused }))
}

/** Brings the former address back, to which the link was mailed. */
const bringBack = (): void => {
  const { undoTitle, undoLead, undoNote, undoAct: act } = emailChange
  const undone = async (sent: Promise<Result<Undone>>): Promise<Result> => {
    const result = await sent
    if (result.ok && result.paused) paused()
    else if (result.ok) {
      const next = element('a', { class: 'button', href: 'reset' }, emailChange.undoneAct)
      show(emailChange.undone, text(emailChange.undoneLead), next)
    }
    return result
  }
  const send = (): Promise<Result> => undone(auth.undoEmailChange({ token: undo }))
  const ended = (error: AuthError): boolean => {
    if (!isOver(error)) return false
    show(emailChange.undoOver, text(emailChange.undoOverLead))
    return true
  }
  const refused = (error: AuthError): boolean =>
    ended(error) ||
    isRequired(error, {
      act,
      typed: (factor) => undone(auth.undoEmailChange({ token: undo, ...factor })),
      byPasskey: () => undone(passkeys(auth).undoEmailChange({ token: undo })),
      pause: () => auth.undoEmailChange({ token: undo, pause: true }),
      refused: ended,
    })
  const button = form({ words, fields: [], act, send, refused })
  show(undoTitle, text(undoLead), text(undoNote), button)
}

if (undo !== '') bringBack()
else if (token !== '') byLink()
else byCode(emailChange.title, emailChange.leadCode)
