import type { Tree } from '../kit/tree.ts'
import { languageOf } from '../words.ts'
import type { Section } from './section.ts'

/** A line of a section: what it shows, and the acts on it. */
export interface Row {
  /** Unique in its section. */
  readonly name: string
  readonly what: readonly Tree[]
  readonly acts?: readonly Tree[]
  /** Shown below while the row is opened. */
  readonly form?: Tree | undefined
}

/** Rows below each other, without a line of their own if there are none. */
export function rows(...all: readonly Row[]): Tree {
  return ['ul', { class: 'kh-rows' }, ...all.map(rowTree)]
}

function rowTree({ name, what, acts = [], form }: Row): Tree {
  const opened: readonly Tree[] = form ? [['div', { class: 'kh-opened' }, form]] : []
  return [
    'li',
    { class: 'kh-row', 'data-kh-row': name },
    ['div', { class: 'kh-what' }, ...what],
    ['div', { class: 'kh-row-acts' }, ...acts],
    ...opened,
  ]
}

/** A setting: its name, and its value. */
export function setting(label: string, ...value: readonly Tree[]): readonly Tree[] {
  return [
    ['p', { class: 'kh-row-label' }, label],
    ['p', { class: 'kh-row-value' }, ...value],
  ]
}

/** An entry of a list: its name with marks, and facts below. */
export function entry(name: readonly Tree[], facts: readonly Tree[]): readonly Tree[] {
  return [
    ['p', { class: 'kh-row-name' }, ...name],
    ['p', { class: 'kh-facts' }, ...facts.map((one): Tree => ['span', {}, one])],
  ]
}

/** A mark beside a name. */
export function pill(words: string, look = ''): Tree {
  return ['span', { class: `kh-pill ${look}` }, words]
}

/** A button that opens a part, and closes it. */
export function opener(section: Section, name: string, label: string): Tree {
  return loader(section, name, { label, act: 'open' })
}

/** The same for a part that is loaded by an act. */
export function loader(
  section: Section,
  name: string,
  { label, act }: { readonly label: string; readonly act: string },
): Tree {
  const attributes = {
    type: 'button',
    class: 'kh-text-button',
    'data-kh-act': act,
    'data-kh-opens': name,
    'aria-expanded': String(section.opened === name),
  }
  return ['button', attributes, label]
}

/** The button that begins to add an entry. */
export function beginButton(act: string, label: string): Tree {
  const attributes = { type: 'button', class: 'kh-button kh-quiet', 'data-kh-act': act }
  return ['button', { ...attributes, 'data-kh-opens': act }, label]
}

/** A button that runs an act of the section for one entry. */
export function rowButton(act: string, id: string, label: string): Tree {
  const attributes = {
    type: 'button',
    class: 'kh-text-button',
    'data-kh-act': act,
    'data-kh-id': id,
  }
  return ['button', attributes, label]
}

/** A button that sends a form for one entry, which gets its `id`. */
export function rowForm(name: string, id: string, label: string): Tree {
  return [
    'form',
    { class: 'kh-row-form', 'data-kh-form': name, method: 'post' },
    ['input', { type: 'hidden', name: 'id', value: id }],
    ['button', { type: 'submit', class: 'kh-text-button' }, label],
    ['p', { class: 'kh-problem', role: 'alert' }],
  ]
}

/** The time since then in words, with the exact one in its title. */
export function ago(section: Section, time: string, words: (ago: string) => string): Tree {
  const { host, words: all } = section.pane
  const language = languageOf(host)
  const seconds = (performance.timeOrigin + performance.now() - Date.parse(time)) / 1000
  const [unit, length] = units.find((one) => seconds >= one[1]) ?? []
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  const since =
    unit && length ? relative.format(-Math.floor(seconds / length), unit) : all.account.justNow
  return ['time', { datetime: time, title: when(section, time) }, words(since)]
}

const units = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const

/** A point in time: a day, with `isExact` to the minute. */
export function when({ pane }: Section, time: string, isExact = true): string {
  const style = isExact ? ({ timeStyle: 'short' } as const) : {}
  return new Intl.DateTimeFormat(languageOf(pane.host), { dateStyle: 'medium', ...style }).format(
    new Date(time),
  )
}
