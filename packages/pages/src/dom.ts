import type { AuthError, Result } from '@keyhaven/client'
import type { Words } from './texts/en.ts'

/** An element with properties and children. Texts are text nodes, so nothing in them is read as HTML. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(properties)) made.setAttribute(key, value)
  made.append(...children)
  return made
}

/** Replaces the whole view. Its heading has the focus, so that screen readers announce it. */
export function show(title: string, ...content: readonly (Node | string)[]): void {
  const heading = element('h1', { tabindex: '-1' }, title)
  document.title = title
  document.querySelector('main')?.replaceChildren(heading, ...content)
  heading.focus()
}

/** A paragraph. */
export function text(words: string): HTMLParagraphElement {
  return element('p', {}, words)
}

/** The link that leads to the application. */
export function goOn({ goOn: words }: Words): HTMLAnchorElement {
  return element('a', { class: 'button', href: '/' }, words)
}

/** What a person can do instead, below a form. */
export function instead(words: string, act: () => void): HTMLParagraphElement {
  const button = element('button', { type: 'button', class: 'link' }, words)
  button.addEventListener('click', act)
  return element('p', { class: 'after' }, button)
}

/** A field of a form, with the sentence that is shown if it is empty. */
export interface Field {
  readonly name: string
  readonly node: HTMLElement
  readonly value: () => string
  /** Shows a sentence in place of the help, or the help again. */
  readonly complain: (words?: string) => void
  readonly missing: string
}

interface FieldWords {
  readonly label: string
  readonly help?: string | Node
  readonly missing: string
}

/** A labelled input. */
export function field(
  properties: Readonly<Record<string, string>> & { readonly name: string },
  { label, help = '', missing }: FieldWords,
): Field {
  const { name } = properties
  const input = element('input', { ...properties, id: name, 'aria-describedby': `${name}-help` })
  const note = element('div', { id: `${name}-help`, class: 'note' }, help)
  return {
    name,
    missing,
    node: element('div', { class: 'field' }, element('label', { for: name }, label), input, note),
    value: () => input.value,
    complain: (words) => {
      note.replaceChildren(words ?? help)
      note.className = words === undefined ? 'note' : 'note wrong'
      input.setAttribute('aria-invalid', String(words !== undefined))
      if (words !== undefined) input.focus()
    },
  }
}

/** A choice that is not made at first. */
export function checkbox(
  name: string,
  label: string,
): { readonly node: HTMLElement; readonly checked: () => boolean } {
  const input = element('input', { id: name, name, type: 'checkbox' })
  const node = element('label', { class: 'choice', for: name }, input, label)
  return { node, checked: () => input.checked }
}

/** The sentence for a refusal. */
export function sentenceOf({ problems, problem }: Words, { code, detail }: AuthError): string {
  return problems[code] ?? problem ?? detail
}

/** A form, its words, and what it does. */
export interface FormOptions {
  readonly words: Words
  readonly fields: readonly Field[]
  readonly act: string
  /** Sends the form. A refusal is shown, unless it returns `true` because it has shown another view. */
  readonly send: () => Promise<Result>
  readonly refused?: (error: AuthError) => boolean
}

/** A form with one button. It sends nothing before a person submits it, because scanners of mail run scripts. */
export function form({ words, fields, act, send, refused }: FormOptions): HTMLFormElement {
  const problem = element('p', { class: 'problem', role: 'alert' })
  const button = element('button', {}, act)
  const made = element(
    'form',
    { novalidate: '' },
    ...fields.map(({ node }) => node),
    problem,
    button,
  )
  made.addEventListener('submit', (event) => {
    event.preventDefault()
    if (button.getAttribute('aria-busy') === 'true') return
    const empty = fields.find(({ value }) => value() === '')
    for (const one of fields) one.complain()
    problem.textContent = ''
    if (empty) return empty.complain(empty.missing)
    button.setAttribute('aria-busy', 'true')
    button.textContent = words.working
    void send().then((result) => {
      button.removeAttribute('aria-busy')
      button.textContent = act
      if (result.ok || refused?.(result.error)) return
      const { code, errors } = result.error
      const sentence = sentenceOf(words, result.error)
      // A refusal of a member stands at its field
      const wrong = fields.find(
        ({ name }) =>
          errors.some(({ path }) => path === name) ||
          (name === 'password' && code.endsWith('_password')) ||
          (name === 'code' && code.startsWith('link_')),
      )
      if (wrong) wrong.complain(sentence)
      else problem.textContent = sentence
    })
  })
  return made
}
