import type { Frame } from './frame.ts'
import type { Tree } from './tree.ts'
import type { ViewName } from './view.ts'

/** A form. Its `name` is that of its acts in the view; markup of a server is recognised by it. */
export interface Form {
  readonly name: string
  readonly fields?: readonly Tree[]
  readonly act: string
  /** What the button says while the form is sent. */
  readonly doing?: string
  /** The look of the button: `kh-primary` once in a view, `kh-quiet`, or `kh-danger` in a dialog. */
  readonly look?: 'kh-primary' | 'kh-quiet' | 'kh-danger'
  /** What stands beside the button. */
  readonly beside?: readonly Tree[]
}

/** A form with one button, and with room for its problem and for what came of it. */
export function form(frame: Frame, one: Form): Tree {
  const { name, fields = [], act, look = 'kh-primary', beside = [] } = one
  const { doing = frame.words.kit.working } = one
  return [
    'form',
    { class: 'kh-form', 'data-kh-form': name, novalidate: '', method: 'post' },
    ...fields,
    ['p', { class: 'kh-problem', role: 'alert' }],
    [
      'div',
      { class: 'kh-acts' },
      ['button', { type: 'submit', class: `kh-button ${look}` }, ...labels(act, doing)],
      ...beside,
    ],
    ['p', { class: 'kh-said', role: 'status' }],
  ]
}

/** Both labels share one cell, so that the button keeps its width. */
function labels(act: string, doing: string): readonly Tree[] {
  return [
    ['span', { class: 'kh-act' }, act],
    ['span', { class: 'kh-doing', hidden: '' }, doing],
  ]
}

/** A button that runs an act of the view, such as `cancel`. */
export function button(act: string, label: string, look = 'kh-link'): Tree {
  const type = look === 'kh-link' ? 'kh-link' : `kh-button ${look}`
  return ['button', { type: 'button', class: type, 'data-kh-act': act }, label]
}

/** A paragraph. */
export function text(words: string): Tree {
  return ['p', { class: 'kh-text' }, words]
}

/** What a person can do instead, below a form. */
export function below(...children: readonly Tree[]): Tree {
  return ['p', { class: 'kh-below' }, ...children.flatMap((one) => [one, ' '])]
}

/** A link to another form; with `look` it looks like a button. */
export function goLink(
  frame: Frame,
  name: ViewName,
  { label, look = 'kh-link' }: { readonly label: string; readonly look?: string },
): Tree {
  return ['a', { class: look, href: frame.pageOf(name), 'data-kh-go': name }, label]
}
