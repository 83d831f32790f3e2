import type { AuthError, Result } from '@keyhaven/client'
import { passkeys } from '@keyhaven/client/passkey'
import { checkbox, element, form, goOn, show, text } from './dom.ts'
import { isRequired } from './older-factor.ts'
import { auth, isOver, token, words } from './page.ts'

const { deny } = words

/** The link to the page that resets a password. */
const reset = (): HTMLAnchorElement => element('a', { class: 'button', href: 'reset' }, deny.reset)

const resetLink = (): HTMLAnchorElement => element('a', { href: 'reset' }, deny.reset)

const over = (): void => show(deny.title, text(deny.failed), reset())

const done = (all: boolean): void =>
  show(
    deny.done,
    text(all ? deny.doneAll : deny.doneOne),
    ...(all ? [reset()] : [goOn(words), element('p', { class: 'after' }, resetLink())]),
  )

/** Signs the device out. To end everything is a choice of the person, in the same request (H4). */
function confirm(): void {
  const everything = checkbox('everything', deny.everything)
  const denial = (): { readonly token: string; readonly everything?: true } => ({
    token,
    ...(everything.checked() && { everything: true }),
  })
  const denied = async (sent: Promise<Result>): Promise<Result> => {
    const result = await sent
    if (result.ok) done(everything.checked())
    return result
  }
  const send = (): Promise<Result> => denied(auth.denySignIn(denial()))
  const ended = (error: AuthError): boolean => isOver(error) && (over(), true)
  const refused = (error: AuthError): boolean =>
    ended(error) ||
    isRequired(error, {
      act: deny.act,
      typed: (factor) => denied(auth.denySignIn({ ...denial(), ...factor })),
      byPasskey: () => denied(passkeys(auth).denySignIn(denial())),
      pause: () => auth.denySignIn({ token, pause: true }),
      refused: ended,
    })
  const made = form({ words, fields: [], act: deny.act, send, refused })
  made.prepend(everything.node)
  show(deny.title, text(deny.lead), made)
}

if (token === '') over()
else confirm()
