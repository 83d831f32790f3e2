import { returnTarget } from '@keyhaven/client'
import type { AuthError } from '@keyhaven/client'
import { element, field, show, text } from './dom.ts'
import type { Field } from './dom.ts'
import { words } from './page.ts'
import type { Words } from './texts/en.ts'

const { secondFactor } = words

/** Leads back to the application. */
export function leave(): void {
  location.replace(returnTarget(new URLSearchParams(location.search).get('return')))
}

/** Leads to the page that requests the second factor, with the names of what the account has. */
export function isDue(error: AuthError): boolean {
  if (error.code !== 'second_factor_required') return false
  const { factors, enrol = [] } = error
  const facts = new URLSearchParams({ factors: factors.join(' '), enrol: enrol.join(' ') })
  location.assign(`second-factor${location.search}#${facts}`)
  return true
}

/** The words of a form that sends a passkey. */
export const passkeyWords: Words = {
  ...words,
  problems: { ...words.problems, invalid_credentials: secondFactor.wrongPasskey },
}

/** The link that begins the sign-in again. */
export function again(): HTMLParagraphElement {
  const link = element('a', { href: `sign-in${location.search}` }, secondFactor.again)
  return element('p', { class: 'after' }, link)
}

/** Shows that the sign-in has ended, if that is the refusal. */
export function isOver({ code }: AuthError): boolean {
  if (code !== 'attempt_over') return false
  const link = { class: 'button', href: `sign-in${location.search}` }
  show(secondFactor.over, text(secondFactor.overLead), element('a', link, secondFactor.again))
  return true
}

/** The field for the six digits of an authenticator app. */
export function appCodeField(): Field {
  const properties = {
    name: 'code',
    class: 'code',
    inputmode: 'numeric',
    autocomplete: 'one-time-code',
  }
  return field(properties, { label: words.code, missing: secondFactor.missingCode })
}

/** Puts the cursor into the one field of a view: its person came here to type. */
export function focusField(): void {
  document.querySelector<HTMLElement>('main input')?.focus()
}
