import { createAuth, passwordProblems } from '@keyhaven/client'
import type { Auth } from '@keyhaven/client'
import { element, field, form, show, text } from './dom.ts'
import type { Field } from './dom.ts'
import { de } from './texts/de.ts'
import { en } from './texts/en.ts'
import type { Words } from './texts/en.ts'

/** The words of this page, in the first of the browser's languages that there is. */
export const words: Words =
  navigator.languages.map((one) => one.slice(0, 2)).find((one) => /^(en|de)$/.test(one)) === 'de'
    ? de
    : en

document.documentElement.lang = words === de ? 'de' : 'en'

const fragment = new URLSearchParams(location.hash.slice(1))

/** The token of the link that led here. It is taken out of the address before anything else (H31). */
export const token: string = fragment.get('token') ?? ''

/** The same of a link that undoes something. */
export const undo: string = fragment.get('undo') ?? ''

if (location.hash !== '') {
  // No secret: a reload of the page must find what it is about
  const names = { factors: fragment.get('factors'), enrol: fragment.get('enrol') }
  history.replaceState(names, '', location.pathname + location.search)
}

/** The names that a page of ours has put into the fragment, such as the factors of the account. */
export function listed(name: 'factors' | 'enrol'): readonly string[] {
  const names = Object(history.state) as Readonly<Record<string, string | null>>
  return (names[name] ?? '').split(' ').filter((one) => one !== '')
}

/** The store. The service is one level above its pages. */
export const auth: Auth = createAuth({ url: new URL('..', location.href).pathname })

/** The field for an address. */
export function emailField(): Field {
  const { email: label, missing } = words
  const properties = { name: 'email', type: 'email', autocomplete: 'email', inputmode: 'email' }
  return field(properties, { label, missing: missing.email })
}

/** The field for the code of a mail. */
export function codeField(): Field {
  const { code: label, codeHelp: help, missing } = words
  const properties = {
    name: 'code',
    class: 'code',
    autocomplete: 'one-time-code',
    autocapitalize: 'characters',
    spellcheck: 'false',
  }
  return field(properties, { label, help, missing: missing.code })
}

/** The service's least number of characters in a password, which it writes into the page. */
const minLength = Number(document.documentElement.dataset['minLength']) || 8

/** The field for a new password, with its rules below, and a button that shows it. */
export function passwordField(): Field {
  const { newPassword: label, missing, rules } = words
  const properties = { name: 'password', type: 'password', autocomplete: 'new-password' }
  const met = element('span', { class: 'unseen' })
  const length = element('li', {}, rules.length(minLength), met)
  const help = element(
    'ul',
    { class: 'rules' },
    length,
    element('li', { class: 'hint' }, rules.unique),
  )
  const made = field(properties, { label, help, missing: missing.password })
  const input = made.node.querySelector('input')
  input?.addEventListener('input', () => {
    made.complain()
    const isMet = !passwordProblems(input.value, { minLength }).includes('too_short')
    length.className = isMet ? 'met' : ''
    met.textContent = isMet ? `: ${rules.met}` : ''
  })
  return showing(made)
}

/** Adds a button to the field of a password that shows it. */
export function showing(made: Field): Field {
  const input = made.node.querySelector('input')
  const button = element('button', { type: 'button', class: 'quiet' }, words.show)
  button.addEventListener('click', () => {
    const isHidden = input?.type === 'password'
    input?.setAttribute('type', isHidden ? 'text' : 'password')
    button.textContent = isHidden ? words.hide : words.show
  })
  const row = element('div', { class: 'with-button' })
  input?.replaceWith(row)
  row.append(...(input ? [input, button] : []))
  return made
}

/** The view that requests a mail for an address, and what follows it. */
export function requestMail({ title, lead, act, request, next }: MailRequest): void {
  const email = emailField()
  show(
    title,
    text(lead),
    form({
      words,
      fields: [email],
      act,
      send: async () => {
        const result = await request({ email: email.value() })
        if (result.ok) next()
        return result
      },
    }),
  )
}

interface MailRequest {
  readonly title: string
  readonly lead: string
  readonly act: string
  readonly request: Auth['requestPasswordReset']
  /** Shows the form for the code. */
  readonly next: () => void
}

/** Whether a refusal is about the link, and not about what was typed. */
export function isOver({ code }: { readonly code: string }): boolean {
  return code === 'link_invalid' || code === 'link_expired'
}
