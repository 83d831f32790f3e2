import { form, text } from '../kit/form.ts'
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
