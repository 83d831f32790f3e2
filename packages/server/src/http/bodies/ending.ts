import { requireOneLine } from '../../model/one-line.ts'
import { refusedParameter } from './query.ts'

/**
 * The reason for ending something, from the body or from `?reason=`, because some clients send no
 * body with `DELETE` (H56).
 */
export function endingReason(
  query: { readonly reason?: string },
  body: { readonly reason?: string | undefined },
): string | undefined {
  const { reason } = query
  if (reason === '') throw refusedParameter('reason', 'The reason is empty: write one.')
  if (reason !== undefined && body.reason !== undefined && reason !== body.reason) {
    throw refusedParameter(
      'reason',
      'Send one reason: the address and the body have different ones.',
    )
  }
  requireOneLine('reason', reason)
  return reason ?? body.reason
}

/** Whether a new era begins, which ends everything issued for the account (H36). */
export function endsEverything({ everything }: { readonly everything?: string }): boolean {
  if (everything === undefined) return false
  if (everything === 'true') return true
  throw refusedParameter('everything', 'Use true, or leave it out.')
}
