import { beginButton } from '../rows.ts'
import { form } from '../../kit/form.ts'
import type { Tree } from '../../kit/tree.ts'
import { isSupported } from '../../../passkeys/is-supported.ts'
import type { Section } from '../section.ts'

/** The buttons that begin to add a factor. */
export function addButtons({ pane }: Section): readonly Tree[] {
  const { addPasskey, addApp: act, addAppDoing: doing } = pane.words.account.factors
  return [
    ...(isSupported() ? [beginButton('passkey', addPasskey)] : []),
    form(pane, { name: 'app-begin', act, doing, look: 'kh-quiet' }),
  ]
}
