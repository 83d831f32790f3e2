import type { SessionView } from '@keyhaven/core/wire'
import { loading, signedIn, signedOut } from './state.ts'
import type { AuthState } from './state.ts'

/** What a page can be told besides each change of its state. */
export interface AuthEvents {
  /**
   * The person who was known is gone. `reason` is the service's code (`session_ended`,
   * `account_locked`, …), `signed_out` where the person left in some tab of this browser, or
   * `account_switched` where somebody else has signed in.
   */
  readonly 'signed-out': { readonly reason: string }
  /** The session ends in so many seconds, unless the person acts (`idle`) or signs in again. */
  readonly 'ending-soon': { readonly endsIn: number; readonly because: 'idle' | 'absolute' }
}

/** Within the library also: the state changed; what is to be done next has changed. */
interface AllEvents extends AuthEvents {
  readonly change?: undefined
  readonly next?: undefined
}

/** What this page believes, on its own clock. Points in time are milliseconds. */
export interface Store {
  state: AuthState
  /** The last view of the person who is signed in, or was when last heard of. */
  view: SessionView | undefined
  /** From here on a request renews the access token. */
  renewAt: number
  /** How long the state holds without a new answer: to the session's end, and for ever when nobody is in. */
  holdsUntil: number
  /** Which limit ends the session. */
  because: 'idle' | 'absolute'
  /** When the service was last asked. */
  askedAt: number
  /** When the last answer no longer stands, or the service may be tried again. */
  standsUntil: number
  /** When the service's last answer came, to any tab. */
  toldAt: number
  /** When it last answered a tab that had been refused elsewhere. */
  doubtedAt: number
  /** Questions in a row that found no answer. */
  failures: number
  /** Whether the person has acted since the idle limit was last moved. */
  acted: boolean
  on<K extends keyof AllEvents>(
    this: void,
    name: K,
    listener: (event: AllEvents[K]) => void,
  ): () => void
  emit<K extends keyof AllEvents>(name: K, ...event: Told<K>): void
  /** Takes a person in; false where that session is known to have ended. */
  learn(view: SessionView): boolean
  /** Nobody is signed in. */
  end(reason: string): void
  /** `loading` or `offline`: it is not known who is. */
  set(state: AuthState, holdsUntil?: number, renewAt?: number): void
}

type Told<K extends keyof AllEvents> = undefined extends AllEvents[K] ? [] : [event: AllEvents[K]]

/** Reasons after which the session can't come back. */
const final = /_(out|ended|locked)$/

export function createStore(now: () => number): Store {
  const listeners: Partial<Record<string, Set<(event: never) => void>>> = {}
  let ended: string | undefined
  const store: Store = {
    state: loading,
    view: undefined,
    renewAt: Infinity,
    holdsUntil: -Infinity,
    because: 'idle',
    askedAt: -Infinity,
    standsUntil: -Infinity,
    toldAt: -Infinity,
    doubtedAt: -Infinity,
    failures: 0,
    // Opening the page is an act
    acted: true,
    on: (name, listener) => {
      const all = (listeners[name] ??= new Set())
      const told: typeof listener = (event) => listener(event)
      all.add(told)
      return () => void all.delete(told)
    },
    emit: (name, ...event) => {
      for (const listener of listeners[name] ?? []) {
        try {
          listener(event[0] as never)
        } catch (error) {
          // A listener's fault is reported, and keeps nobody else from hearing
          void Promise.reject(error)
        }
      }
    },
    learn: (view) => {
      const { session, account } = view
      const former = store.view
      // Ids are never used again: a late answer brings no session back
      if (session.id === ended) return false
      if (former) {
        if (former.session.id !== session.id) ended = former.session.id
        if (former.account.id !== account.id) {
          store.emit('signed-out', { reason: 'account_switched' })
        }
      }
      const { expiresIn, renewIn, idleExpiresIn, absoluteExpiresIn = Infinity } = session
      const endsIn = Math.min(idleExpiresIn, absoluteExpiresIn)
      // Spans count from when the answer came: a clock that is hours off does no harm
      const endsAt = now() + endsIn * 1000
      store.view = view
      store.because = endsIn < idleExpiresIn ? 'absolute' : 'idle'
      // A token that lives as long as its session needs no renewal, unless the person acts
      store.set(signedIn(view), endsAt, expiresIn + 1 < endsIn ? now() + renewIn * 1000 : endsAt)
      return true
    },
    end: (reason) => {
      // Why it ended is known: a later question only finds nobody
      if (store.state.status === 'signed-out') return
      const former = store.view
      if (former && final.test(reason)) ended = former.session.id
      store.view = undefined
      store.set(signedOut(reason), Infinity)
      if (former) store.emit('signed-out', { reason })
    },
    set: (state, holdsUntil = -Infinity, renewAt = Infinity) => {
      store.state = state
      store.holdsUntil = holdsUntil
      store.renewAt = renewAt
      store.emit('change')
    },
  }
  return store
}
