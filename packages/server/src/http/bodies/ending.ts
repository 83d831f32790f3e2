import { refusedParameter } from './query.ts'

/** Why something ends: in the body, or as `?reason=`, since some clients send no body with `DELETE` (H56). */
export function reasonOf(
  query: { readonly reason?: string },
  body: { readonly reason?: string | undefined },
): string | undefined {
  const { reason } = query
  if (reason === '') throw refusedParameter('reason', 'Say why.')
  if (reason !== undefined && body.reason !== undefined && reason !== body.reason) {
    throw refusedParameter(
      'reason',
      'Send one reason: the address and the body have different ones.',
    )
  }
  return reason ?? body.reason
}

/** Whether a new era begins, so that whatever rests on the account ends (H36). */
export function everythingOf({ everything }: { readonly everything?: string }): boolean {
  if (everything === undefined) return false
  if (everything === 'true') return true
  throw refusedParameter('everything', 'Use true, or leave it out.')
}
