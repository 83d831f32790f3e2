import type { AuthError } from '../../calls/results.ts'
import { leave } from '../kit/leave.ts'
import type { Pane } from '../kit/pane.ts'

/**
 * Goes on after a sign-in: to the target of the attribute `return`, or else to the element's view of a person. An application that
 * cancels the event goes on by itself.
 */
export function entered(pane: Pane): void {
  const { account } = pane.auth.state
  pane.course.accept()
  if (!pane.emit('signed-in', { account })) return
  const target = pane.host.getAttribute('return')
  if (target === null) pane.go(pane.course.home)
  else leave(pane, target)
}

/** Shows what a sign-in still needs, if that is the refusal. */
export function isDue(pane: Pane, error: AuthError, login?: string): boolean {
  if (error.code !== 'second_factor_required') return false
  pane.go('second-factor', { error, ...(login !== undefined && { login }) })
  return true
}
