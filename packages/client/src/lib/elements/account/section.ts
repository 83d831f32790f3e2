import type { AuthError, Result } from '../../calls/results.ts'
import { button, form } from '../kit/form.ts'
import type { Form } from '../kit/form.ts'
import { sentenceOf } from '../kit/faults-of.ts'
import type { Pane } from '../kit/pane.ts'
import type { Tree } from '../kit/tree.ts'
import type { FormActs, Typed, View } from '../kit/view.ts'

/** A section of the account page. At most one part of it is opened. */
export interface Section {
  readonly pane: Pane
  /** The name of the part that is opened; empty if none is. */
  readonly opened: string
  /** Shows it again, with the focus where it is. */
  readonly draw: () => void
  /** Opens a part and puts the focus into it, or closes all with `''`. */
  readonly open: (name: string) => void
  /** Says what was done, below the section. */
  readonly say: (words: string) => void
}

/** What a section shows now. */
export type Draw = (section: Section) => View

const FIELD = '.kh-opened :is(input:not([type=hidden], [hidden]), select, [type=submit])'

/** Shows a section, and its parts as they are opened. */
export function sectionIn(pane: Pane, view: Draw): Section {
  const { root } = pane
  let opened = ''
  const find = (what: string): HTMLElement | null => root.querySelector(what)
  const section: Section = {
    pane,
    get opened() {
      return opened
    },
    draw: () => {
      const at = placeIn(root)
      const { acts, ...shown } = view(section)
      pane.show({ ...shown, acts: { ...usual, ...acts } })
      if (at) buttonAt(root, at)?.focus()
    },
    open: (name) => {
      const former = opened
      opened = name
      section.say('')
      section.draw()
      const button = `[data-kh-opens="${CSS.escape(former)}"]`
      const target = name === '' ? (find(button) ?? find('[data-kh-opens]')) : find(FIELD)
      target?.focus()
    },
    say: (words) => {
      const place = root.nextElementSibling
      if (place) place.textContent = words
      if (words !== '') pane.emit('done', { what: `account-${root.dataset['khSection']}` })
    },
  }
  const usual: View['acts'] = {
    open: ({ dataset: { khOpens = '' } }) => section.open(khOpens === opened ? '' : khOpens),
    close: () => section.open(''),
  }
  return section
}

/** The form of a part, with a button that closes it. */
export function partForm({ pane }: Section, one: Form): Tree {
  const cancel = button('close', pane.words.kit.cancel, 'kh-quiet')
  return form(pane, { ...one, beside: [cancel] })
}

/** Runs an act: once it is done, its part is closed and a sentence says so. */
export function sends<T>(
  section: Section,
  act: (typed: Typed) => Promise<Result<T>>,
  done: (result: T, typed: Typed) => string,
): FormActs['send'] {
  return async (typed) => {
    const result = await act(typed)
    if (!result.ok) return result
    const said = done(result, typed)
    if (section.opened !== '') section.open('')
    section.say(said)
    return result
  }
}

/** A problem with the button that tries again, in place of what could not be loaded. */
export function unloaded(pane: Pane, error: AuthError, again: () => unknown): View {
  const { tryAgain } = pane.words.kit
  return {
    body: [
      ['p', { class: 'kh-problem', role: 'alert' }, sentenceOf(pane.words, error, undefined)],
      button('again', tryAgain, 'kh-quiet'),
    ],
    acts: { again },
  }
}

/** Where a button is: the number of its row, or -1 beside the rows, and its own number there. */
interface Place {
  readonly row: number
  readonly button: number
}

const rowsIn = (root: Element): Element[] => [...root.querySelectorAll('.kh-row')]

/** The place of the button that has the focus. */
function placeIn(root: Element): Place | undefined {
  const { activeElement: active } = document
  if (!root.contains(active)) return undefined
  const row = rowsIn(root).findIndex((one) => one.contains(active))
  const button = buttonsOf(root, row).findIndex((one) => one === active)
  return button < 0 ? undefined : { row, button }
}

/** The button there, or the nearest one if its row is gone. */
function buttonAt(root: Element, { row, button }: Place): HTMLElement | undefined {
  const last = rowsIn(root).length - 1
  const buttons = buttonsOf(root, Math.min(row, last))
  return buttons[Math.min(button, buttons.length - 1)]
}

function buttonsOf(root: Element, row: number): readonly HTMLElement[] {
  return [...(rowsIn(root)[row] ?? root).querySelectorAll('button')]
}

/** The heading of a section, the place for its pane, and the one for what was done. */
export function sectionFrame({ id }: Pane, name: string, { title, lead }: SectionWords): Tree {
  const heading = `${id}-${name}`
  return [
    'section',
    { class: 'kh-section', 'aria-labelledby': heading },
    [
      'div',
      { class: 'kh-section-head' },
      ['h2', { id: heading, class: 'kh-heading', tabindex: '-1' }, title],
      ['p', { class: 'kh-lead' }, lead],
    ],
    ['div', { 'data-kh-section': name }],
    ['p', { class: 'kh-said', role: 'status' }],
  ]
}

interface SectionWords {
  readonly title: string
  readonly lead: string
}
