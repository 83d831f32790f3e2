/**
 * A page with one element, which the address names, as `/pages/sign-in` or by its query:
 * `?element=sign-in&lang=de&dir=rtl&return=/there`. `also` adds others.
 */
import { createAuth } from '@keyhaven/client'
import { setWords } from '@keyhaven/client/elements'
import '@keyhaven/client/elements.css'
import './elements.css'

/** What a test finds on the page. */
export interface ElementsPage {
  /** Every event of the element, with its detail. */
  readonly events: { readonly name: string; readonly detail: unknown }[]
  readonly setWords: typeof setWords
  readonly createAuth: typeof createAuth
}

const page: ElementsPage = { events: [], setWords, createAuth }
const search = new URLSearchParams(location.search)
document.documentElement.lang = search.get('lang') ?? 'en'
document.documentElement.dir = search.get('dir') ?? 'ltr'
for (const name of ['signed-in', 'signed-out', 'signed-up', 'done', 'error', 'view']) {
  document.addEventListener(`keyhaven-${name}`, (event) => {
    page.events.push({ name, detail: (event as CustomEvent<unknown>).detail })
  })
}
const main = document.createElement('main')
const [, ofPath = 'sign-in'] = /^\/pages\/(.+)/.exec(location.pathname) ?? []
const element = document.createElement(`keyhaven-${search.get('element') ?? ofPath}`)
for (const name of [
  'url',
  'return',
  'pages',
  'min-length',
  'sections',
  'mail',
  'inline',
  'factors',
  'enrol',
]) {
  const value = search.get(name)
  if (value !== null) element.setAttribute(name, value)
}
main.append(
  element,
  ...search.getAll('also').map((name) => document.createElement(`keyhaven-${name}`)),
)
document.body.append(main)
Object.assign(globalThis, { page })
