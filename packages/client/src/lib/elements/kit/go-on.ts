import { returnTarget } from '../../router/return-target.ts'
import { goLink } from './form.ts'
import type { Pane } from './pane.ts'
import type { Tree } from './tree.ts'

/**
 * The link that leads on: to the target of the attribute `return`, from the service's own pages to the application, or
 * else to the sign-in in place of this view.
 */
export function goOn(pane: Pane): Tree {
  const look = 'kh-button kh-primary'
  const { goOn: label } = pane.words.kit
  const target = pane.host.getAttribute('return')
  if (target === null && !pane.host.hasAttribute('pages'))
    return goLink(pane, 'sign-in', { label, look })
  return ['a', { class: look, href: returnTarget(target) }, label]
}
