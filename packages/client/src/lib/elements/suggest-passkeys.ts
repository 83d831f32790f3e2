import { passkeys } from '../../passkey.ts'
import { isSupported } from '../passkeys/is-supported.ts'
import { deviceName } from './device-name.ts'
import type { Pane } from './kit/pane.ts'
import type { FormActs } from './kit/view.ts'
import { entered, isDue } from './forms/entered.ts'

/** Offers passkeys in the list of the field of the user name, until the signal fires. */
export async function suggestPasskeys(
  pane: Pane,
  signal: AbortSignal,
  problems: FormActs['problems'],
): Promise<void> {
  if (signal.aborted) return
  // A server has printed the button for every browser
  if (!isSupported()) return pane.root.querySelector('[data-kh-form=passkey]')?.remove()
  const result = await passkeys(pane.auth).autofill({ device: deviceName(), signal })
  if (result.ok) return entered(pane)
  // What the browser itself refuses, its user has not begun
  if (result.error.status === 0 || isDue(pane, result.error)) return
  pane.complain(result.error, problems)
}
