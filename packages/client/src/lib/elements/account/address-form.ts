import { codeField, field } from '../kit/field.ts'
import { below } from '../kit/form.ts'
import type { Tree } from '../kit/tree.ts'
import { opener } from './rows.ts'
import { partForm } from './section.ts'
import type { Section } from './section.ts'

/** The form for a new address, or for the code of its mail, if one of them is opened. */
export function addressForm(section: Section, email: string): Tree | undefined {
  const { pane, opened } = section
  const { newLabel: label, act, help, enter, confirm, codeHelp } = pane.words.account.address
  if (opened === 'email') {
    const more = { autocapitalize: 'none', spellcheck: 'false', inputmode: 'email' }
    const type = { type: 'email', autocomplete: 'email', more }
    const input = field(pane, { name: 'email', label, help: help(email), ...type })
    const form = partForm(section, { name: 'email-request', fields: [input], act })
    return ['div', {}, form, below(opener(section, 'code', enter))]
  }
  if (opened !== 'code') return undefined
  const input = codeField(pane, { help: codeHelp(email), more: { autocapitalize: 'characters' } })
  return partForm(section, { name: 'email-confirm', fields: [input], act: confirm })
}
