import { mailCodeField } from '../kit/field.ts'
import { form, text } from '../kit/form.ts'
import type { Pane } from '../kit/pane.ts'

/** Confirms an address. */
export function verify(pane: Pane): void {
  const { kit, recovery } = pane.words
  const { title, leadCode, act } = recovery.verify
  pane.show({
    title,
    body: [text(leadCode), form(pane, { name: 'verify', fields: [mailCodeField(pane)], act })],
    forms: {
      verify: {
        missing: { code: kit.missing.code },
        send: ({ code = '' }) => pane.auth.confirmEmail({ code }),
      },
    },
  })
}
