import type { AuthError, Result } from '@keyhaven/client'
import { checkbox, element, form, goOn, show, text } from './dom.ts'
import { auth, isOver, token, words } from './page.ts'

const { deny } = words

/** The link to the page that resets a password. */
const reset = (): HTMLAnchorElement => element('a', { class: 'button', href: 'reset' }, deny.reset)

const resetLink = (): HTMLAnchorElement => element('a', { href: 'reset' }, deny.reset)

const over = (): void => show(deny.title, text(deny.failed), reset())

/** Signs the device out. To end everything is a choice of the person, in the same request (H4). */
function confirm(): void {
  const everything = checkbox('everything', deny.everything)
  const send = async (): Promise<Result> => {
    const all = everything.checked()
    const result = await auth.denySignIn({ token, ...(all && { everything: true }) })
    if (result.ok)
      show(
        deny.done,
        text(all ? deny.doneAll : deny.doneOne),
        ...(all ? [reset()] : [goOn(words), element('p', { class: 'after' }, resetLink())]),
      )
    return result
  }
  const refused = (error: AuthError): boolean => isOver(error) && (over(), true)
  const made = form({ words, fields: [], act: deny.act, send, refused })
  made.prepend(everything.node)
  show(deny.title, text(deny.lead), made)
}

if (token === '') over()
else confirm()
