import type { AuthError } from '../../calls/results.ts'
import { isSupported } from '../../passkeys/is-supported.ts'
import { form, text } from '../kit/form.ts'
import type { Pane } from '../kit/pane.ts'
import { attemptBelow, isOver } from './attempt-below.ts'
import type { Attempt } from './attempt.ts'
import { needsMailCode, setUp } from './set-up.ts'

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
