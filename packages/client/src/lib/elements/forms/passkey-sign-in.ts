import { form } from '../kit/form.ts'
import type { Frame } from '../kit/frame.ts'
import type { Pane } from '../kit/pane.ts'
import type { Tree } from '../kit/tree.ts'
import type { FormActs } from '../kit/view.ts'
import { isSupported } from '../../passkeys/is-supported.ts'
import { entered, isDue } from './entered.ts'

/** The button that signs in with a passkey, unless the browser has none. A server, which can't know it, prints it. */
export function passkeySignIn(frame: Frame): readonly Tree[] {
  if (typeof window !== 'undefined' && !isSupported()) return []
  const { passkey: act, passkeyDoing: doing } = frame.words.entry.signIn
  return [form(frame, { name: 'passkey', act, doing, look: 'kh-quiet' })]
}

/** Suggests passkeys in the field of the user name. @returns what the button does. */
export function passkeyActs(pane: Pane): FormActs {
  const problems = { invalid_credentials: pane.words.entry.signIn.passkeyWrong }
  // The form works before, and without it
  void import('../suggest-passkeys.ts').then(
    ({ suggestPasskeys }) => suggestPasskeys(pane, problems),
    () => {},
  )
  return {
    problems,
    send: async () => {
      const result = await pane.auth.signInWithPasskey()
      if (result.ok) entered(pane)
      return result
    },
    refused: (error) => isDue(pane, error),
  }
}
