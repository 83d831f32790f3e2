import type { Knowledge } from './knowledge.ts'
import type { Runtime, StreamEvent } from './runtime.ts'
import type { Store } from './store.ts'

/** Milliseconds until a broken stream is opened again; twice as long after each failure. */
const REOPENS = 10_000
/** Milliseconds that a sign-in which ended the former session has to answer. */
const SETTLES = 250

interface Needs {
  readonly runtime: Runtime
  readonly store: Store
  readonly knowledge: Knowledge
  readonly name: string
  readonly url: string
}

/** One tab of a browser leads: it holds the stream on which the service tells of changes and ends. */
export interface Leader {
  /** Asks for the lead, if it has not yet. */
  readonly seek: () => void
  /** Leaves it to another tab. */
  readonly rest: () => void
}

export function createLeader({ runtime, store, knowledge, name, url }: Needs): Leader {
  let seeking: AbortController | undefined
  let leading = false
  /** The session that is listened to. */
  let session: string | undefined
  let close: (() => void) | undefined
  let opensAt = -Infinity
  let tries = 0

  const follow = (): void => {
    const wanted = leading ? store.state.session?.id : undefined
    if (wanted === session) return
    close?.()
    close = session = undefined
    if (!wanted || store.failures || runtime.now() < opensAt) return
    session = wanted
    close = runtime.listen(url, told)
  }
  const told = (event: StreamEvent): void => {
    if (event === 'open') tries = 0
    if (event === 'ended') {
      // Its close is no failure: the next session's stream must not wait for that
      close?.()
      // Signing in anew ends it too: its answer, with new cookies, may be on the way
      runtime.after(SETTLES, () => void knowledge.ask())
    }
    // Right after a renewal the service would give the same token once more
    if (event === 'changed') {
      runtime.after(store.standsUntil - runtime.now(), () => void knowledge.ask(true))
    }
    if (event === 'error') {
      close?.()
      close = session = undefined
      const wait = REOPENS * 2 ** Math.min(tries++, 5) * (1 + runtime.random())
      opensAt = runtime.now() + wait
      // What happened in between was told to nobody
      runtime.after(wait, catchUp)
    }
  }
  const catchUp = (): void => {
    if (leading && store.state.session) void knowledge.heal().then(follow)
  }
  store.on('next', follow)

  return {
    seek: () => {
      if (seeking) return
      const { signal } = (seeking = new AbortController())
      void runtime.lock(
        `${name} lead`,
        signal,
        () =>
          new Promise((resolve) => {
            if (signal.aborted) return resolve()
            signal.addEventListener('abort', () => resolve())
            leading = true
            catchUp()
          }),
      )
    },
    rest: () => {
      seeking?.abort()
      seeking = undefined
      leading = false
      follow()
    },
  }
}
