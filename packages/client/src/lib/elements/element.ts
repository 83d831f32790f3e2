import type { Auth } from '../auth.ts'
import { pageStore } from '../page-store.ts'
import { followLinks, linkToken } from './kit/link-token.ts'
import { shortestPassword } from './shortest-password.ts'
import { notLoaded } from './kit/not-loaded.ts'
import type { Host } from './kit/pane.ts'
import type { ViewName } from './kit/view.ts'
import { preload } from './preload.ts'
import type { OwnWords } from './words.ts'

/** A server that renders pages imports the elements too. */
const Base: typeof HTMLElement = globalThis.HTMLElement ?? (class {} as typeof HTMLElement)

/** What runs while an element is connected. */
interface Running {
  readonly close: () => void
}

/**
 * An element that shows a form, or the account page, in the light DOM. What it shows, and the words of its language, are
 * loaded when it is connected.
 */
export abstract class KeyhavenElement extends Base implements Host {
  static readonly observedAttributes: readonly string[] = ['url', 'lang', 'sections']
  /** The view that it begins with. */
  abstract get first(): ViewName
  #auth: Auth | undefined
  #words: OwnWords | undefined
  #running: Running | undefined
  /** The boot call has begun while the rest is loaded. */
  #stop: (() => void) | undefined

  /** The store: one of its own, or else the page's for the attribute `url`. */
  get auth(): Auth {
    return this.#auth ?? pageStore(this.#url)
  }

  set auth(auth: Auth | undefined) {
    if (this.#auth === auth) return
    this.#auth = auth
    this.#again()
  }

  /** Words that replace ours in this element. */
  get words(): OwnWords {
    return this.#words ?? {}
  }

  set words(words: OwnWords | undefined) {
    this.#words = words
    this.#again()
  }

  /** The least number of characters in a new password, by the attribute `min-length`. */
  get minLength(): number {
    return Number(this.getAttribute('min-length')) || shortestPassword
  }

  get #url(): string {
    return this.getAttribute('url') ?? '/auth'
  }

  connectedCallback(): void {
    linkToken()
    upgrade(this, 'auth')
    upgrade(this, 'words')
    // A move connects it again at once
    if (!this.#stop) void this.#begin()
  }

  disconnectedCallback(): void {
    queueMicrotask(() => {
      if (this.isConnected) return
      this.#end()
      this.replaceChildren()
    })
  }

  attributeChangedCallback(_name: string, former: string | null, value: string | null): void {
    if (former !== value) this.#again()
  }

  /** The address of the page of another form: below the attribute `pages`, or else the service's own. */
  pageOf(name: ViewName): string {
    const pages = this.getAttribute('pages')
    return pages === null
      ? `${this.#url.replace(/\/$/, '')}/pages/${name}`
      : `${pages}${name}${location.search}`
  }

  async #begin(): Promise<void> {
    const unsubscribe = this.auth.subscribe(() => {})
    const unfollow = followLinks(() => this.#again())
    const stop = (): void => {
      unsubscribe()
      unfollow()
    }
    this.#stop = stop
    preload(this, this.first)
    const { run } = await import('./run.ts').catch((fault: unknown) => {
      if (this.#stop === stop) notLoaded(this)
      throw fault
    })
    if (this.#stop === stop) this.#running = run(this, this.first)
  }

  #end(): void {
    this.#stop?.()
    this.#running?.close()
    this.#stop = undefined
    this.#running = undefined
  }

  #again(): void {
    if (!this.#stop) return
    this.#end()
    this.replaceChildren()
    void this.#begin()
  }
}

/** A framework may have set a property before the element was defined. */
function upgrade(element: KeyhavenElement, name: 'auth' | 'words'): void {
  if (!Object.hasOwn(element, name)) return
  const value: unknown = element[name]
  Reflect.deleteProperty(element, name)
  Reflect.set(element, name, value)
}
