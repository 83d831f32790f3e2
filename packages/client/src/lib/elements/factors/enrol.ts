import type { AuthError, Result } from '../../calls/results.ts'
import { isSupported } from '../../passkeys/is-supported.ts'
import { deviceName } from '../device-name.ts'
import { form, text } from '../kit/form.ts'
import type { Pane } from '../kit/pane.ts'
import { attemptBelow, isOver } from './attempt-below.ts'
import type { Attempt } from './attempt.ts'

/** A factor that can be set up in a sign-in. */
export type Kind = 'passkey' | 'totp'

/** Offers to set up a second factor, which the service requires before it signs the person in. */
export function enrol(pane: Pane, attempt: Attempt): void {
  const words = pane.words.factors.enrol
  const kinds = (['passkey', 'totp'] as const).filter(
    (kind) => attempt.enrol.includes(kind) && (kind === 'totp' || isSupported()),
  )
  const forms = kinds.map((kind, index) => {
    const look = index === 0 ? 'kh-primary' : 'kh-quiet'
    return form(pane, { name: `enrol-${kind}`, act: words[kind], look })
  })
  pane.show({
    title: words.title,
    login: attempt.login,
    body: [text(words.lead), ...forms, ...attemptBelow(pane, attempt)],
    forms: Object.fromEntries(
      kinds.map((kind) => [
        `enrol-${kind}`,
        {
          send: async () => {
            const result = await setUp(pane, attempt, { kind })
            if (!needsMailCode(result)) return result
            const { mailCode } = await import('./mail-code.ts')
            mailCode(pane, attempt, kind)
            return result
          },
          refused: (error: AuthError) =>
            isOver(pane, error, attempt) || error.code === 'mail_code_required',
        },
      ]),
    ),
  })
}

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
