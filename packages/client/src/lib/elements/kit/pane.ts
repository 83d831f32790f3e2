import { printOnce } from '../../calls/print-once.ts'
import type { Auth } from '../../auth.ts'
import type { AuthError, Result } from '../../calls/results.ts'
import type { OwnWords, Words } from '../words.ts'
import { checkRules } from './check-rules.ts'
import { clear, say, showFaults } from './complain.ts'
import { faultsOf, missingIn, sentenceOf } from './faults-of.ts'
import { linkToken } from './link-token.ts'
import type { LinkToken } from './link-token.ts'
import type { Frame } from './frame.ts'
import { setBusy } from './set-busy.ts'
import { toggleShown } from './toggle-shown.ts'
import { typedIn } from './typed-in.ts'
import { nodeOf } from './tree.ts'
import type { FormActs, View, ViewName } from './view.ts'

/** The element that a pane is in. */
export interface Host extends HTMLElement {
  /** The view that it begins with. */
  readonly first: ViewName
  readonly auth: Auth
  readonly words: OwnWords
  readonly minLength: number
  /** The address of the page of another form. */
  readonly pageOf: (name: ViewName) => string
}

/** What one view passes on to the next. */
export interface Facts {
  /** The address or login that was typed. */
  readonly login?: string
  /** The refusal that leads to the next view. */
  readonly error?: AuthError
}

/** The order of the views of an element. */
export interface Course {
  /** The view that a person gets after a sign-in. */
  readonly home: ViewName
  /** Shows the view of this name in place of the one that is shown. */
  readonly go: (name: ViewName, facts?: Facts) => unknown
  /** The present person is known to the view, which goes on by itself. */
  readonly accept: () => void
  /** A form has been sent: another person may be signed in now. */
  readonly look: () => void
}

/** The views that a pane belongs to, and the pane around it. */
interface Place {
  readonly course: Course
  readonly outer?: Pane
}

let count = 0

/**
 * A region of the page that shows one view at a time. Its listeners are on the region itself, so markup of a server works
 * too, and an element can be moved.
 */
export class Pane implements Frame {
  readonly host: Host
  readonly root: HTMLElement
  readonly id: string
  readonly course: Course
  /** Those of the view, which are loaded before it. */
  words = {} as Words
  /** The pane that it is a part of. */
  readonly outer: Pane | undefined
  /** The person to whom a part belongs. */
  person: string | undefined
  /** Forms that are being sent, in this pane and in parts of it. */
  #sending = 0
  #view: View | undefined
  #isShown = false
  /** Those of parts of the view. */
  readonly #inner = new Set<Pane>()
  #replaced = new AbortController()
  #isWarned = false
  readonly #ended = new AbortController()

  constructor(host: Host, root: HTMLElement, { course, outer }: Place) {
    this.host = host
    this.root = root
    this.course = course
    this.outer = outer
    this.id = `kh-${(count += 1)}`
    root.setAttribute('data-kh-pane', '')
    const { signal } = this
    root.addEventListener('submit', (event) => void this.#submit(event), { signal })
    root.addEventListener('input', (event) => this.#change(event), { signal })
    root.addEventListener('click', (event) => this.#click(event), { signal })
  }

  get auth(): Auth {
    return this.host.auth
  }

  /** Whether a form is being sent, in this pane or in a part of it. */
  get isBusy(): boolean {
    return this.#sending > 0
  }

  #countSent(change: 1 | -1): void {
    this.#sending += change
    if (this.outer) this.outer.#countSent(change)
  }

  get minLength(): number {
    return this.host.minLength
  }

  /** Shows the view of this name in place of this one. */
  go(name: ViewName, facts?: Facts): void {
    this.course.go(name, facts)
  }

  pageOf(name: ViewName): string {
    return this.host.pageOf(name)
  }

  /** The token of the mailed link that led here. */
  get link(): LinkToken {
    return linkToken()
  }

  /** Fires when the pane is closed. */
  get signal(): AbortSignal {
    return this.#ended.signal
  }

  /** Fires when the view that is shown now is replaced, or the pane is closed. */
  get shown(): AbortSignal {
    return this.#replaced.signal
  }

  /** Removes the listeners. What a call brings from then on is not shown. */
  close(): void {
    this.#closeInner()
    this.#ended.abort()
    this.#replaced.abort()
  }

  /** A pane for a part of the view, with the same words. It is closed when this one shows another view. */
  within(root: HTMLElement): Pane {
    const inner = new Pane(this.host, root, { course: this.course, outer: this })
    inner.words = this.words
    inner.person = this.auth.state.account?.id
    this.#inner.add(inner)
    return inner
  }

  #closeInner(): void {
    for (const inner of this.#inner) inner.close()
    this.#inner.clear()
  }

  /**
   * Replaces the view. Its heading gets the focus, so that screen readers announce it; the first view of a page takes it
   * only with `autofocus`. Markup of a server is kept as it is.
   */
  show(view: View): void {
    if (this.signal.aborted) return
    this.#closeInner()
    this.#view = view
    this.#replaced.abort()
    this.#replaced = new AbortController()
    const isFirst = !this.#isShown
    this.#isShown = true
    this.#isWarned = false
    this.root.removeAttribute('aria-busy')
    const { title, body, forms = {} } = view
    const printed = isFirst && this.root.querySelector<HTMLElement>('form[data-kh-form]')
    if (printed && (printed.dataset['khForm'] ?? '') in forms) {
      for (const input of printed.querySelectorAll('input')) checkRules(input, this.words)
      if (title !== undefined) this.emit('view', { title })
      for (const button of this.root.querySelectorAll('button')) button.disabled = false
      return
    }
    const attributes = { id: `${this.id}-title`, class: 'kh-title', tabindex: '-1' }
    const heading = title === undefined ? [] : [nodeOf(['h1', attributes, title])]
    this.root.replaceChildren(...heading, ...body.map(nodeOf))
    // A dialog, or a part, is no view of its own
    if (title !== undefined && this.root === this.host) this.emit('view', { title })
    if (!isFirst || this.host.hasAttribute('autofocus')) this.focus()
  }

  /** Puts the focus on the field that is marked, or else on the heading. */
  focus(): void {
    const marked = this.root.querySelector<HTMLElement>('[data-kh-focus]')
    ;(marked ?? this.root.querySelector<HTMLElement>('h1, h2'))?.focus()
  }

  /** Sends an event. @returns whether what follows it still may. */
  emit(name: string, detail: object = {}): boolean {
    // A page may have removed the element because its person has signed in
    const target = this.host.isConnected ? this.host : document
    const init = { bubbles: true, cancelable: true, detail }
    return target.dispatchEvent(new CustomEvent(`keyhaven-${name}`, init))
  }

  /** Shows whether the service can't be reached; on loopback also what its developer can do. */
  warn(isOffline: boolean): void {
    if (!this.#isShown || isOffline === this.#isWarned) return
    this.#isWarned = isOffline
    const { offline, noService } = this.words.kit
    const isLocal = /^(localhost|127\.|\[::1\])/.test(location.hostname)
    const words = isLocal ? noService(this.host.getAttribute('url') ?? '/auth') : offline
    const place = this.root.querySelector('.kh-problem')
    if (place) place.textContent = isOffline ? words : ''
    if (isLocal && isOffline) printOnce('error', `<${this.host.localName}>: ${words}`)
  }

  /** Shows the problem of what is no form, such as a passkey that the browser suggested. */
  complain(error: AuthError, own?: FormActs['problems']): void {
    const form = this.root.querySelector('form')
    if (form) say(form, 'kh-problem', sentenceOf(this.words, error, own))
  }

  #isMine(target: EventTarget | null): target is Element {
    return target instanceof Element && target.closest('[data-kh-pane]') === this.root
  }

  async #submit(event: Event): Promise<void> {
    const form = event.target
    if (!(form instanceof HTMLFormElement) || !this.#isMine(form)) return
    const acts = this.#view?.forms?.[form.dataset['khForm'] ?? '']
    event.preventDefault()
    if (!acts || this.isBusy) return
    clear(form)
    const typed = typedIn(form)
    const missing = missingIn(typed, acts)
    if (Object.keys(missing).length > 0) return showFaults(form, missing)
    this.#countSent(1)
    setBusy(form, true)
    const result: Result = await acts
      .send(typed)
      .catch((fault: unknown) => {
        // A part of the form could not be loaded
        say(form, 'kh-problem', this.words.kit.offline)
        throw fault
      })
      .finally(() => {
        this.#countSent(-1)
        setBusy(form, false)
      })
    this.course.look()
    if (result.ok) {
      if (acts.said !== undefined) say(form, 'kh-said', acts.said)
      return
    }
    if (!this.emit('error', { error: result.error }) || acts.refused?.(result.error)) return
    showFaults(form, faultsOf(form, result.error, { words: this.words, acts }))
  }

  #change({ target }: Event): void {
    if (!(target instanceof HTMLInputElement) || !this.#isMine(target) || !target.form) return
    clear(target.form, target)
    for (const input of target.form.querySelectorAll('input')) {
      checkRules(input, this.words)
    }
  }

  /** The address that was typed here or before, which the next form needs too. */
  #typedLogin(): Facts {
    const form = this.root.querySelector('form')
    const { login = this.#view?.login, email = login } = form ? typedIn(form) : {}
    return email === undefined ? {} : { login: email }
  }

  #click(event: MouseEvent): void {
    if (!this.#isMine(event.target)) return
    const link = event.target.closest<HTMLElement>('[data-kh-go]')
    if (link && !this.host.hasAttribute('pages') && isPlain(event)) {
      event.preventDefault()
      this.go(link.dataset['khGo'] as ViewName, this.#typedLogin())
    }
    const button = event.target.closest<HTMLElement>('[data-kh-act]')
    if (button?.dataset['khAct'] === 'show') toggleShown(button, this.words)
    else if (button) void this.#view?.acts?.[button.dataset['khAct'] ?? '']?.(button)
  }
}

/** Whether a click opens a link in this tab. */
function isPlain({ button, metaKey, ctrlKey, shiftKey, altKey }: MouseEvent): boolean {
  return button === 0 && !metaKey && !ctrlKey && !shiftKey && !altKey
}
