import type { Result } from '../../calls/results.ts'
import { openDialog } from '../kit/dialog.ts'
import { button, form, text } from '../kit/form.ts'
import type { Form } from '../kit/form.ts'
import type { Pane } from '../kit/pane.ts'

/** A question before an act. */
export interface Confirmation extends Form {
  readonly title: string
  readonly lead: string
  readonly send: () => Promise<Result>
  /** Runs once the act is done and the dialog is closed. */
  readonly done: () => unknown
}

/** Names what ends, and runs the act when the person confirms it. */
export function confirm(pane: Pane, question: Confirmation): void {
  const { title, lead, send, done, ...rest } = question
  let isDone = false
  openDialog(
    pane,
    ({ close }) => ({
      title,
      body: [
        text(lead),
        form(pane, { ...rest, beside: [button('cancel', pane.words.kit.cancel, 'kh-quiet')] }),
      ],
      acts: { cancel: close },
      forms: {
        [rest.name]: {
          send: async () => {
            const result = await send()
            isDone = result.ok
            if (isDone) close()
            return result
          },
        },
      },
    }),
    { onClose: () => isDone && done() },
  )
}
