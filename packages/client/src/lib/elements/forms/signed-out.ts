import { goLink, text } from '../kit/form.ts'
import type { Pane } from '../kit/pane.ts'

/** Shows that no one is signed in on this device. */
export function signedOut(pane: Pane): void {
  const { title, lead, again } = pane.words.entry.signedOut
  pane.show({
    title,
    body: [text(lead), goLink(pane, 'sign-in', { label: again, look: 'kh-button kh-primary' })],
  })
}
