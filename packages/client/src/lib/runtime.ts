import { rememberWish } from './tabs/wish.ts'

/** What a page reports to the store. */
export type PageEvent =
  /** It was brought back from the browser's cache, as it was left. */
  | 'restored'
  /** It is looked at again, runs again, or has its network back. */
  | 'back'
  /** It is left, or stands still: it must hold nothing that other tabs wait for. */
  | 'away'
  /** The person pressed a key or pointed at something. */
  | 'acted'

/** What the stream of the session's events reports; `error` if it broke. */
export type StreamEvent = 'open' | 'changed' | 'ended' | 'error'

/** The few things of a browser that the store touches; tests pass plain objects. */
export interface Runtime {
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
  /** Milliseconds on a clock that is never set. */
  readonly now: () => number
  /** From 0 up to, but not including, 1: so that not all browsers ask in the same moment. */
  readonly random: () => number
  /** Calls back after these milliseconds; the answer stops it. */
  readonly after: (milliseconds: number, call: () => void) => () => void
  /** The page's own origin, to distinguish own addresses from foreign ones. */
  readonly origin: () => string | undefined
  /** What relative addresses are resolved against. */
  readonly base: () => string
  readonly watch: (listener: (event: PageEvent) => void) => void
  /**
   * Runs work while no other tab of the origin holds the name. It also runs if the signal came
   * first or the browser has no locks: no caller waits for ever.
   */
  readonly lock: (name: string, signal: AbortSignal, work: () => Promise<void>) => Promise<void>
  /** Joins the tabs of the origin; the answer speaks to all others. */
  readonly join: (name: string, receive: (message: unknown) => void) => (message: unknown) => void
  /** Listens to a stream of server-sent events; the answer closes it. */
  readonly listen: (url: string, report: (event: StreamEvent) => void) => () => void
  /** Reads what the browser remembers under a name; with a value it is written, with `null` removed. */
  readonly remember?: (name: string, value?: string | null) => string | null
}

/** By what tabs take turns; nothing in a browser without it. Only pages have tabs: Node has locks too. */
function sharedLocks(): LockManager | undefined {
  try {
    // Tabs without a channel can't take turns
    return window.BroadcastChannel && window.navigator.locks
  } catch {
    // Storage is blocked, and these with it
    return undefined
  }
}

/** The browser's own, looked up when needed, so that importing this on a server does nothing. */
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
  // A `<base href>` moves relative addresses, never what counts as our own origin
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
      // None allowed here, or the signal came first
    }
    return run()
  },
  join: (name, receive) => {
    try {
      const channel = new window.BroadcastChannel(name)
      channel.onmessage = ({ data }) => receive(data)
      return (message) => channel.postMessage(message)
    } catch {
      // If storage is blocked the channel may be too: only the service informs this tab then
      return () => {}
    }
  },
  listen: (url, report) => {
    // Browsers open six connections to a server: a stream in each tab would leave none for calls
    if (typeof EventSource !== 'function' || !sharedLocks()) return () => {}
    const source = new EventSource(url, { withCredentials: true })
    for (const name of ['open', 'changed', 'ended'] as const)
      source.addEventListener(name, () => report(name))
    // It would try again by itself, every two seconds and in every tab
    source.onerror = () => {
      source.close()
      report('error')
    }
    return () => source.close()
  },
  remember: rememberWish,
}
