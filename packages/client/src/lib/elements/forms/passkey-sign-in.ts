import { deviceName } from '../device-name.ts'
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

/** What the button does. */
export function passkeyActs(pane: Pane): FormActs {
  return {
    problems: { invalid_credentials: pane.words.entry.signIn.passkeyWrong },
    send: async () => {
      const remember = pane.root.querySelector('[name=remember]:checked') !== null
      const result = await pane.auth.signInWithPasskey({ device: deviceName(), remember })
      if (result.ok) entered(pane)
      return result
    },
    refused: (error) => isDue(pane, error),
  }
}

/** Suggests passkeys in the field of the user name, until the view that is shown now is replaced. */
export function suggest(pane: Pane): void {
  const { shown } = pane
  // The form works before, and without it
  void import('../suggest-passkeys.ts').then(
    ({ suggestPasskeys }) => suggestPasskeys(pane, shown, passkeyActs(pane).problems),
    () => {},
  )
}
