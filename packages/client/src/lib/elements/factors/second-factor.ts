import { text } from '../kit/form.ts'
import type { Pane } from '../kit/pane.ts'

/** Completes a sign-in. */
export function secondFactor(pane: Pane): void {
  const { title, lead } = pane.words.factors.secondFactor.totp
  pane.show({ title, body: [text(lead)] })
}
