import type { Result } from '../../calls/results.ts'
import { deviceName } from '../device-name.ts'
import type { Pane } from '../kit/pane.ts'
import type { Attempt } from './attempt.ts'

/** A factor that can be set up in a sign-in. */
export type Kind = 'passkey' | 'totp'

/** A factor that is set up, with the code of the mail if that was required. */
export interface Setup {
  readonly kind: Kind
  readonly mailCode?: string
}

/** Whether a mail has the code that the set-up needs. */
export function needsMailCode(result: Result): boolean {
  return !result.ok && result.error.code === 'mail_code_required'
}

/** Sets one up, and shows what follows. */
export async function setUp(
  pane: Pane,
  attempt: Attempt,
  { kind, ...proof }: Setup,
): Promise<Result> {
  if (kind === 'totp') {
    const { confirmApp } = await import('./confirm-app.ts')
    const result = await pane.auth.enrolTotp(proof)
    if (result.ok) confirmApp(pane, attempt, result)
    return result
  }
  // Loaded before: the codes are shown once
  const [{ passkeys }, { showCodes }] = await Promise.all([
    import('../../../passkey.ts'),
    import('./show-codes.ts'),
  ])
  const result = await passkeys(pane.auth).enrol({ ...proof, name: deviceName() })
  if (result.ok) showCodes(pane, result.recoveryCodes)
  return result
}
