import { returnTarget } from '../../router/return-target.ts'
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

const look = 'kh-button kh-primary'

/**
 * The link that leads on: to the target of the attribute `return`, from the service's own pages to the application, or
 * else to the sign-in in place of this view.
 */
export function goOn(pane: Pane): Tree {
  const { goOn: label } = pane.words.kit
  const target = pane.host.getAttribute('return')
  if (target === null && !pane.host.hasAttribute('pages'))
    return goLink(pane, 'sign-in', { label, look })
  return ['a', { class: look, href: returnTarget(target) }, label]
}

/** The link to the form that requests a reset of the password; a quiet one has less weight. */
export function resetLink(pane: Pane, label: string, isQuiet = false): Tree {
  return goLink(pane, 'forgot', isQuiet ? { label } : { label, look })
}
