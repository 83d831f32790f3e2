import { forwardActs } from '../account/forward-acts.ts'
import type { InnerActs } from '../account/forward-acts.ts'
import type { Auth } from '../auth.ts'
import { replyIn } from '../calls/call-service.ts'
import { createFetch } from '../calls/fetch.ts'
import { createStepUps } from '../calls/step-ups.ts'
import type { FetchAs } from '../calls/fetch.ts'
import { failed, refusalIn, viewIn } from '../calls/results.ts'
import type { Reply, Result } from '../calls/results.ts'
import { expectCookies } from '../calls/missing-cookie.ts'
import { createPage } from '../state/page.ts'
import type { Entry } from '../state/exchange.ts'
import type { PageOptions } from '../state/page.ts'
import type { AuthEvents } from '../state/events.ts'
import type { Known } from '../state/known.ts'
import type { AuthState } from '../state/states.ts'

declare const process: { readonly env: { readonly NODE_ENV?: string } }

/** The sentence for a person whose sign-out the service has not answered. It is still true when it has. */
const unanswered =
  'You are signed out on this page. The service could not be reached: leave a page open until it has answered.'

/**
 * Keeps a page's state correct after its first answer: renewals, other tabs, the event stream, repeated
 * sign-outs. It is a chunk of its own, which is fetched at the same time as the boot call.
 */
export interface Engine<C>
  extends InnerActs,
    Pick<Auth<never, C & {}>, 'signIn' | 'signOut' | 'signUp'> {
  readonly fetch: FetchAs
  readonly known: () => Known
  /** The event that a new listener has missed and that is still true. */
  readonly latest: (name: keyof AuthEvents) => AuthEvents[typeof name] | undefined
  /** Joins the other tabs, and adopts the state of the page. */
  readonly start: () => void
  /** Sends a request if nothing is known yet. */
  readonly settle: () => void
  /** Sends a request, or waits for a boot call that the engine has adopted. */
  readonly refresh: (boot?: Promise<Reply>) => Promise<unknown>
}

/** The reply to an act whose person is gone before it was sent. */
const wasSignedOut: Reply = {
  status: 401,
  body: {
    code: 'not_signed_in',
    status: 401,
    detail: 'You were signed out meanwhile. Sign in, then try again.',
  },
}

/** The options of the page, the service, and the origins of APIs. */
export interface EngineOptions extends Omit<PageOptions, 'href'> {
  readonly service: URL
  readonly origins: readonly string[]
}

/** Creates the engine of one store. It does nothing before `start`. */
export function createEngine<C>(options: EngineOptions): Engine<C> {
  const { runtime, service, origins, listeners } = options
  const { href, origin } = service
  const page = createPage({ ...options, href })
  const { store, ask, recheck, enter } = page
  const stepUps = createStepUps(runtime, store, listeners)
  const latest = {
    'signed-out': () => undefined,
    'ending-soon': store.ending,
    'step-up': stepUps.pending,
  }

  const isOurs = (address: URL): boolean =>
    [runtime.origin(), origin, ...origins].includes(address.origin)
  const fetch = createFetch(runtime, { isOurs, store, who: page.who, recheck, stepUps })
  const streams = { runtime, service, listeners, fetch, isOurs, replyIn }

  const stateNow = (): AuthState<C> => store.known.state as AuthState<C>
  const entered = (entry: Entry): Result<{ readonly state: AuthState<C> }> => {
    const { reply, sentAt } = entry
    const view = viewIn(reply)
    if (!view) return failed(reply)
    store.dispatch({ type: 'entered', view, sentAt })
    try {
      if (process.env.NODE_ENV === 'development') expectCookies(store, listeners, service)
    } catch {
      // No bundler has replaced it, and a browser has no `process`
    }
    return { ok: true, state: stateNow() }
  }
  const signOut = async (): Promise<Result> => {
    const { view } = store.known
    const reply = await ask({ type: 'leave' })
    const { leaving, session } = stateNow()
    // Another tab may have reached the service first, or another person has signed in since
    const isOver = view && session?.id !== view.session.id && !leaving
    if (isOver || reply?.status === 204 || refusalIn(reply)) return { ok: true }
    const { error } = failed(reply)
    return { ok: false, error: leaving ? { ...error, detail: unanswered } : error }
  }
  const act = <T>(run: (acts: InnerActs) => Promise<Result<T>>): Promise<Result<T>> => {
    const before = page.who()
    const { leaving } = stateNow()
    return import('../account/acts.ts').then(
      ({ accountActs }) => {
        // Another person may have signed in while the chunk was loaded: it is not their act. During a
        // sign-out the page shows forms for the next person already, and the former one is gone after it
        const who = page.who()
        const isTheirs = before === undefined || who === before || (leaving && who === undefined)
        return isTheirs
          ? run(accountActs({ page, failed, signOut, stepUps, streams, enter, entered }))
          : failed(wasSignedOut)
      },
      () => failed(undefined),
    )
  }
  return {
    known: () => store.known,
    start: page.start,
    latest: (name) => latest[name](),
    settle: () => {
      if (stateNow().status === 'loading') void ask({ type: 'ask' })
    },
    refresh: (boot) => (boot && boot === options.first.call ? page.answer() : ask({ type: 'ask' })),
    fetch,
    signIn: async (body) => entered(await enter({ method: 'POST', path: '/sessions', body })),
    signUp: async (body) => {
      const entry = await enter({ method: 'POST', path: '/accounts', body })
      const pending = entry.reply?.status === 202
      const result = pending ? { ok: true as const, state: stateNow() } : entered(entry)
      return result.ok ? { ...result, pending } : result
    },
    signOut,
    ...forwardActs(act),
  }
}
