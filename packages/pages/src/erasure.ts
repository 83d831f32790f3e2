import type { AuthError, Result } from '@keyhaven/client'
import { form, goOn, show, text } from './dom.ts'
import { auth, isOver, undo, words } from './page.ts'

const { erasure } = words

const over = (): void => show(erasure.over, text(erasure.overLead), goOn(words))

/** Keeps the account that would be erased. It opens no session. */
const keep = (): void => {
  const send = async (): Promise<Result> => {
    const result = await auth.undoErasure({ token: undo })
    if (result.ok) show(erasure.done, text(erasure.doneLead), goOn(words))
    return result
  }
  const refused = (error: AuthError): boolean => isOver(error) && (over(), true)
  const { title, lead, note, act } = erasure
  show(title, text(lead), text(note), form({ words, fields: [], act, send, refused }))
}

if (undo === '') over()
else keep()
