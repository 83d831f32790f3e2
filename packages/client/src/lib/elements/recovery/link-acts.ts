import type { AuthError } from '../../calls/results.ts'
import { returnTarget } from '../../router/return-target.ts'
import { form, goLink, text } from '../kit/form.ts'
import { forgetLink } from '../kit/link-token.ts'
import type { Pane } from '../kit/pane.ts'
import type { Tree } from '../kit/tree.ts'
import type { FormActs, View } from '../kit/view.ts'

/** A view that is one form. */
export interface OneForm extends FormActs {
  /** The name of the form. */
  readonly name: string
  readonly title: string
  readonly lead: string
  readonly note?: string
  readonly fields?: readonly Tree[]
  readonly act: string
  /** What the person can do instead. */
  readonly below?: Tree
  /** The acts of the buttons in it. */
  readonly acts?: View['acts']
}

/** Shows a view that is one form. It sends nothing before a person submits it, because scanners of mail run scripts. */
export function showForm(pane: Pane, one: OneForm): void {
  const { name, title, lead, note, fields = [], act, below, acts = {} } = one
  pane.show({
    title,
    body: [
      text(lead),
      ...(note === undefined ? [] : [text(note)]),
      form(pane, { name, fields, act }),
      ...(below === undefined ? [] : [below]),
    ],
    forms: { [name]: one },
    acts,
  })
}

/** Shows how a link has ended, and what can be done next. */
export function showEnd(pane: Pane, title: string, lead: string, ...next: readonly Tree[]): void {
  forgetLink()
  pane.show({ title, body: [text(lead), ...next] })
}

/** Whether a refusal is about the link, and not about what was typed. */
export function isOver({ code }: AuthError): boolean {
  return code === 'link_invalid' || code === 'link_expired'
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
