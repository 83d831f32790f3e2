import { openDialog } from './dialog.ts'
import { button, text } from './form.ts'
import type { Pane } from './pane.ts'

/** The words of a secret that is shown once. */
export interface OnceWords {
  readonly title: string
  readonly lead: string
  /** Names the lines for screen readers. */
  readonly label: string
  readonly copy: string
  readonly copied: string
  readonly notCopied: string
  readonly saved: string
}

/**
 * Shows a secret, such as recovery codes, in a dialog that stays until the person has saved it. It is not shown if another
 * person has signed in while the call ran.
 */
export function showOnce(
  pane: Pane,
  lines: readonly string[],
  { words, onSaved }: { readonly words: OnceWords; readonly onSaved?: () => void },
): void {
  if (pane.person !== undefined && pane.person !== pane.auth.state.account?.id) return
  const { title, lead, label, copy, copied, notCopied, saved } = words
  openDialog(
    pane,
    ({ close, pane: inner }) => ({
      title,
      body: [
        text(lead),
        [
          'ul',
          { class: 'kh-secrets', 'aria-label': label },
          ...lines.map((line) => ['li', {}, ['code', {}, line]] as const),
        ],
        ['p', { class: 'kh-said', role: 'status' }],
        [
          'div',
          { class: 'kh-acts' },
          button('copy', copy, 'kh-quiet'),
          button('saved', saved, 'kh-primary'),
        ],
      ],
      acts: {
        saved: close,
        copy: async () => {
          const said = inner.root.querySelector('.kh-said')
          // A page without https has no clipboard
          const done = navigator.clipboard?.writeText(lines.join('\n'))
          const words = await (done ?? Promise.reject()).then(
            () => copied,
            () => notCopied,
          )
          if (said) said.textContent = words
        },
      },
    }),
    { isStuck: true, ...(onSaved && { onClose: onSaved }) },
  )
}
