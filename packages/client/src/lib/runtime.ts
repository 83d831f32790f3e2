import { rememberWish } from './tabs/wish.ts'

/** The events of a page that `watch` reports. */
export type PageEvent =
  /** The browser restored the page from its cache, in its former state. */
  | 'restored'
  /** The page is visible again, runs again, or has its network back. */
  | 'back'
  /** The page is left or frozen: it must hold no lock that other tabs wait for. */
  | 'away'
  /** The person pressed a key or used the pointer. */
  | 'acted'

/** The events of the session's stream; `error` if it broke. */
export type StreamEvent = 'open' | 'changed' | 'ended' | 'error'

/** The functions of a browser that the store uses; tests pass plain objects. */
export interface Runtime {
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
  /** Milliseconds on a clock that is never set. */
  readonly now: () => number
  /** A number from 0 up to, but not including, 1, so that not all browsers call at the same moment. */
  readonly random: () => number
  /** Calls back after these milliseconds. Returns a function that stops it. */
  readonly after: (milliseconds: number, call: () => void) => () => void
  /** The page's own origin, which distinguishes own addresses from foreign ones. */
  readonly origin: () => string | undefined
  /** The URL that relative addresses are resolved against. */
  readonly base: () => string
  readonly watch: (listener: (event: PageEvent) => void) => void
  /**
   * Runs `work` while no other tab of the origin holds the name. Runs it too if the signal fires first or the
   * browser has no locks, so that no caller waits for ever.
   */
  readonly lock: (name: string, signal: AbortSignal, work: () => Promise<void>) => Promise<void>
  /** Joins the channel of the origin's tabs. Returns a function that posts a message to all others. */
  readonly join: (name: string, receive: (message: unknown) => void) => (message: unknown) => void
  /** Listens to a stream of server-sent events. Returns a function that closes it. */
  readonly listen: (url: string, report: (event: StreamEvent) => void) => () => void
  /** Reads the text that the browser stores under a name. Writes `value` first, or removes it with `null`. */
  readonly remember?: (name: string, value?: string | null) => string | null
}

/** The locks of the origin's tabs; `undefined` in a browser without them, and in Node, which has locks too. */
function sharedLocks(): LockManager | undefined {
  try {
    // Without a channel the tabs can't cooperate
    return window.BroadcastChannel && window.navigator.locks
  } catch {
    // A browser that blocks storage blocks these too
    return undefined
  }
}

/** The browser's functions. They are looked up when called, so that a server can import this module. */
export const browserRuntime: Required<Runtime> = {
  fetch: (input, init) => globalThis.fetch(input, init),
  now: () => performance.now(),
  random: () => Math.random(),
  after: (milliseconds, call) => {
    const timer: unknown = setTimeout(call, milliseconds)
    // Outside a browser a timer would keep the process alive
    ;(timer as { unref?: () => void }).unref?.()
    return () => clearTimeout(timer as number)
  },
  origin: () => globalThis.location?.origin,
  // A `<base href>` changes relative addresses, and never the own origin
  base: () => globalThis.document?.baseURI ?? 'http://localhost/',
  watch: (listener) => {
    const names =
      'pointerdown keydown pagehide freeze pageshow online resume visibilitychange focus'
    for (const [at, name] of names.split(' ').entries()) {
      const report = (event: Event): void => {
        if (at < 4) listener(at < 2 ? 'acted' : 'away')
        else if ((event as PageTransitionEvent).persisted) listener('restored')
        else if (!document.hidden) listener('back')
      }
      // An element's focus is not the window's
      globalThis.window?.addEventListener(name, report, { capture: at < 8, passive: true })
    }
  },
  lock: async (name, signal, work) => {
    let running: Promise<void> | undefined
    const run = (): Promise<void> => (running ??= work())
    try {
      await sharedLocks()?.request(name, { signal }, run)
    } catch {
      // Locks are not allowed here, or the signal fired first
    }
    return run()
  },
  join: (name, receive) => {
    try {
      const channel = new window.BroadcastChannel(name)
      channel.onmessage = ({ data }) => receive(data)
      return (message) => channel.postMessage(message)
    } catch {
      // A browser that blocks storage may block the channel too: then this tab gets no messages
      return () => {}
    }
  },
  listen: (url, report) => {
    // Browsers open six connections to a server: without a leader the streams of all tabs would use them up
    if (typeof EventSource !== 'function' || !sharedLocks()) return () => {}
    const source = new EventSource(url, { withCredentials: true })
    for (const name of ['open', 'changed', 'ended'] as const)
      source.addEventListener(name, () => report(name))
    // An EventSource would reconnect by itself, every two seconds and in every tab
    source.onerror = () => {
      source.close()
      report('error')
    }
    return () => source.close()
  },
  remember: rememberWish,
}
