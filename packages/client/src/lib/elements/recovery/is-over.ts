import type { AuthError } from '../../calls/results.ts'

/** Whether a refusal is about the link, and not about what was typed. */
export function isOver({ code }: AuthError): boolean {
  return code === 'link_invalid' || code === 'link_expired'
}
