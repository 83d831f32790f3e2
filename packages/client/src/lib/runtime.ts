/** The few things of a browser that the store touches; tests pass plain objects. */
export interface Runtime {
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
  /** Milliseconds on a clock that is never set. */
  readonly now: () => number
  /** The page's own origin, to tell own addresses from foreign ones. */
  readonly origin: () => string
  /** What relative addresses are resolved against. */
  readonly base: () => string
  /** Calls back when the page comes back from the browser's cache or the network returns. */
  readonly onReturn: (listener: (from: 'cache' | 'network') => void) => void
}

/** The browser's own, looked up when needed, so that importing this on a server does nothing. */
export const browserRuntime: Runtime = {
  fetch: (input, init) => globalThis.fetch(input, init),
  now: () => performance.now(),
  origin: () => globalThis.location?.origin ?? 'http://localhost',
  // A `<base href>` moves relative addresses, never what counts as our own origin
  base: () => globalThis.document?.baseURI ?? 'http://localhost/',
  onReturn: (listener) => {
    globalThis.addEventListener?.('pageshow', (event) => {
      if ((event as PageTransitionEvent).persisted) listener('cache')
    })
    globalThis.addEventListener?.('online', () => listener('network'))
  },
}
