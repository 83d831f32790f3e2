import { BLANK } from '../../mail/template-names.ts'
import type { NewMail } from '../../mail/templates.ts'

/** A mail that is queued and never sent, so that a call that sends none does the same work (H57). */
export function blankMail(to: string): NewMail<typeof BLANK> {
  return { template: BLANK, to, locale: 'en', values: {} }
}
