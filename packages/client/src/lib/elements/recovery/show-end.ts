import { goLink, text } from '../kit/form.ts'
import { forgetLink } from '../kit/link-token.ts'
import type { Pane } from '../kit/pane.ts'
import type { Tree } from '../kit/tree.ts'

/** How a link has ended, and what can be done next. */
export interface End {
  readonly title: string
  readonly lead: string
  readonly next?: readonly Tree[]
}

/** Shows it. */
export function showEnd(pane: Pane, { title, lead, next = [] }: End): void {
  forgetLink()
  pane.show({ title, body: [text(lead), ...next] })
}

/** The link to the form that requests a reset of the password; a quiet one has less weight. */
export function resetLink(pane: Pane, label: string, isQuiet = false): Tree {
  return goLink(pane, 'forgot', isQuiet ? { label } : { label, look: 'kh-button kh-primary' })
}
