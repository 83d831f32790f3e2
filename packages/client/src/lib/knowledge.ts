import type { SessionView } from '@keyhaven/core/wire'
import type { ServiceCall } from './call-service.ts'
import { refusalIn, viewIn } from './result.ts'
import type { Reply } from './result.ts'
import type { Runtime } from './runtime.ts'
import { loading, offline } from './state.ts'
import type { Store } from './store.ts'

/** Milliseconds for which the service's answer stands against whoever doubts it. */
const STANDS = 5000
/** Longer than any call lasts: whoever still holds the lock then no longer runs. */
const PATIENCE = 12_000
/** Milliseconds in which an answer reaches the other tabs, before the next of them may ask. */
const SPREADS = 100

/** What tabs tell each other. A version that says it differently takes another channel. */
export type Message =
  /** The service's answer; `extended` where it moved the idle limit, `doubt` where a refusal elsewhere made a tab ask. */
  | { readonly view: SessionView; readonly extended: boolean; readonly doubt?: boolean | undefined }
  /** A session has ended, or its cookies are gone. */
  | { readonly gone: string | undefined; readonly reason: string }
  /** The service does not answer. */
  | { readonly down: true }

/** How the page comes to know who is signed in. */
export interface Knowledge {
  /** Asks the service; callers at the same time share one call. Whether it knows the person. */
  ask(this: void, renew?: boolean, doubt?: boolean): Promise<boolean>
  /**
   * Asks once for all tabs, and not while the last answer stands. Against a request that was sent after
   * that answer and refused elsewhere it does not stand, but once in 5 s.
   */
  heal(this: void, sentAt?: number): Promise<boolean>
  /** Takes what has been learned; what is `mine` is told to the other tabs. */
  take(this: void, message: Message, mine: boolean): void
  /** The page came back as it was left: it shows nobody until the service has answered. */
  restore(this: void): void
}

interface Needs {
  readonly runtime: Runtime
  readonly store: Store
  readonly call: (call: ServiceCall) => Promise<Reply>
  readonly tell: (message: Message) => void
  readonly name: string
}

export function createKnowledge({ runtime, store, call, tell, name }: Needs): Knowledge {
  let asking: Promise<boolean> | undefined
  let healing: Promise<boolean> | undefined

  const knows = (): boolean => !store.failures && store.state.status === 'signed-in'
  const stands = (): boolean => runtime.now() < store.standsUntil
  const stand = (failures: number): void => {
    store.failures = failures
    // 2 to 4 s, then twice as long, at most a minute: never more than six calls in one
    const wait = failures ? Math.min(1000 * 2 ** failures, 30_000) * (1 + runtime.random()) : STANDS
    store.standsUntil = runtime.now() + wait
  }
  const take = (message: Message, mine: boolean): void => {
    if ('down' in message) {
      stand(store.failures + 1)
      if (mine && runtime.now() >= store.holdsUntil) store.set(offline)
    } else {
      // Another tab's news of nobody ends nothing here, least of all a question of this tab's own
      if ('gone' in message && !mine && store.view?.session.id !== (message.gone ?? '')) return
      // Whatever question is on its way is answered too late
      asking = undefined
      stand(0)
      store.toldAt = runtime.now()
      if ('gone' in message) store.end(message.reason)
      else if (store.learn(message.view)) {
        store.acted &&= !message.extended
        if (message.doubt) store.doubtedAt = runtime.now()
        // A renewal that is due soon is not put off by an answer that came before
        if (store.renewAt > runtime.now())
          store.standsUntil = Math.min(store.standsUntil, store.renewAt)
      } else return
    }
    if (mine) tell(message)
    store.emit('next')
  }
  const ask = (renew?: boolean, doubt?: boolean): Promise<boolean> => {
    if (asking) return asking
    const extended = store.acted
    store.acted = false
    store.askedAt = runtime.now()
    const question = call({
      method: renew ? 'POST' : 'GET',
      path: renew ? '/sessions/current/renew' : '/user/current',
      background: !extended,
    }).then((reply) => {
      if (asking !== question) return knows()
      asking = undefined
      // Only the service's own answer changes what the page believes
      const view = viewIn(reply)
      const reason = refusalIn(reply)
      if (view) take({ view, extended, doubt }, true)
      else if (reason) take({ gone: store.view?.session.id, reason }, true)
      else {
        store.acted ||= extended
        take({ down: true }, true)
      }
      return knows()
    })
    asking = question
    return question
  }
  const heal = (sentAt = -Infinity): Promise<boolean> => {
    const doubt = (): boolean =>
      !store.failures && store.toldAt < sentAt && store.doubtedAt + STANDS < runtime.now()
    if (asking) return asking
    if (stands() && !doubt()) return Promise.resolve(knows())
    healing ??= new Promise<boolean>((resolve) => {
      const work = async (): Promise<void> => {
        // Another tab may have asked while this one waited
        if (stands() && !doubt()) return resolve(knows())
        resolve(await ask(false, doubt()))
        await new Promise<void>((spread) => runtime.after(SPREADS, spread))
      }
      void runtime.lock(`${name} ask`, AbortSignal.timeout(PATIENCE), work)
    }).finally(() => (healing = undefined))
    return healing
  }

  return {
    ask,
    heal,
    take,
    restore: () => {
      asking = undefined
      store.set(loading)
      void ask()
    },
  }
}
