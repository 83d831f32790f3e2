/** Custom elements: forms that sign people in and up, and the page of their account. Importing this module defines them. */
import { KeyhavenElement } from './lib/elements/element.ts'
import type { Auth } from './lib/auth.ts'
import type { ViewName } from './lib/elements/kit/view.ts'

export { KeyhavenElement } from './lib/elements/element.ts'
import type { MarkupOptions, PrintedForm } from './lib/elements/form-markup.ts'
import type { OwnWords } from './lib/elements/words.ts'

export type { KeyhavenElementEvents, KeyhavenElementListeners } from './lib/elements/events.ts'
export type { MarkupOptions, PrintedForm } from './lib/elements/form-markup.ts'
export { preloadForm } from './lib/elements/preload.ts'
export { setWords } from './lib/elements/words.ts'
export type { OwnWords, Words } from './lib/elements/words.ts'

/**
 * The HTML of a form, for a page that a server renders: put it into the element of this name, which keeps its nodes, and
 * so the text that was typed before the scripts have loaded.
 */
export async function formMarkup(name: PrintedForm, options?: MarkupOptions): Promise<string> {
  const loaded = await import('./lib/elements/form-markup.ts')
  return loaded.formMarkup(name, options)
}

/** The views that have an element: `keyhaven-` and this name. */
const names = [
  'sign-in',
  'sign-up',
  'signed-out',
  'verify',
  'forgot',
  'reset',
  'email-change',
  'erasure',
  'deny',
  'second-factor',
  'step-up',
  'account',
] as const

for (const name of names) define(name)

/** Another version of this package, or a second copy of it, may have defined the element already: that one stays. */
function define(name: ViewName): void {
  const tag = `keyhaven-${name}`
  if (typeof customElements === 'undefined' || customElements.get(tag)) return
  customElements.define(
    tag,
    class extends KeyhavenElement {
      override get first(): ViewName {
        return name === 'step-up' && !this.hasAttribute('inline') ? 'step-up-dialog' : name
      }
    },
  )
}

/** The names of the elements. */
export type KeyhavenElementName = `keyhaven-${(typeof names)[number]}`

/** Attributes of the account page. */
interface AccountPageProps {
  /** The sections of the page, in this order, such as `profile password devices`; all if left out. */
  readonly sections?: string
  /** Set if the page shows a dialog of its own at the event `step-up`. The element then brings none. */
  readonly 'own-step-up'?: boolean | ''
}

/** Attributes and properties of the elements, for the types of templates. */
export interface KeyhavenElementProps extends AccountPageProps {
  /** The URL of the service; `/auth` if left out. */
  readonly url?: string
  /** A path of this origin, to which a sign-in leads. */
  readonly return?: string
  /** The folder of the pages of the other forms, such as `/auth/pages/`. Without it they replace each other in place. */
  readonly pages?: string
  /** `keyhaven-sign-in`: whether it offers a mail that signs in. The service needs `KEYHAVEN_EMAIL_SIGN_IN=on`. */
  readonly mail?: boolean
  /** `keyhaven-step-up`: whether it is a form in its place, and not a dialog while calls wait. */
  readonly inline?: boolean
  /** `keyhaven-second-factor`: the names in `factors` of the refusal that requires one, with blanks between them. */
  readonly factors?: string
  /** The same of `enrol`. */
  readonly enrol?: string
  /** The least number of characters in a password: the service's `KEYHAVEN_PASSWORD_MIN_LENGTH`. */
  readonly 'min-length'?: string | number
  /** Whether its first view takes the focus, such as after a sign-out. */
  readonly autofocus?: boolean
  /** A store; without one the element uses the page's for `url`. */
  readonly auth?: Auth
  /** Words that replace ours. */
  readonly words?: OwnWords
}

declare global {
  interface HTMLElementTagNameMap extends Record<KeyhavenElementName, KeyhavenElement> {}
}
