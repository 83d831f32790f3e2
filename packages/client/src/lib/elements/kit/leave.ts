import { returnTarget } from '../../router/return-target.ts'
import type { Pane } from './pane.ts'

/**
 * Leads to a target of this origin. The form keeps what was typed until then, for password managers. A browser may keep the
 * page to return to, and shows no password and no secret in it.
 */
export function leave(pane: Pane, target: string): void {
  const forget = (): void => {
    pane.show({ body: [] })
    pane.go(pane.course.home)
  }
  addEventListener('pagehide', forget, { once: true, signal: pane.shown })
  location.assign(returnTarget(target))
}
