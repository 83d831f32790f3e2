import { engineAtHand, fetchEngine } from '#engine'
import { may } from '@keyhaven/core/access'
import type { AnyAccess, ClaimsModule } from '@keyhaven/core/access'
import { XSRF_HEADER } from '@keyhaven/core/wire'
import type { Auth, AuthOptions } from './auth.ts'
import { failed } from './calls/results.ts'
import type { Result } from './calls/results.ts'
import type { Engine } from './engine/engine.ts'
import { askFirst, firstAnswer, unasked } from './state/first-answer.ts'
import type { FirstAnswer } from './state/first-answer.ts'
import { createListeners } from './state/listeners.ts'
import { serviceUrls } from './router/return-target.ts'
import { browserRuntime } from './runtime.ts'
import { offline, signedOut } from './state/states.ts'
import type { AuthState } from './state/states.ts'

/** Milliseconds until a chunk that could not be fetched is tried again. */
const RETRY = 10_000

/**
 * Makes the page's one store. It calls the service when it is first subscribed to, asked or used;
 * making it does nothing. Refusals are values, never thrown; `fetch` rejects where the browser's does.
 */
export function createAuth<
  A extends AnyAccess = AnyAccess,
  C extends ClaimsModule = Record<never, never>,
>(options: AuthOptions<A, C> = {}): Auth<A, C> {
  const { url = '/auth', access = noAccess as A, origins = [], warnBefore = 120 } = options
  const runtime = { ...browserRuntime, ...options.runtime }
  const service = new URL(url.replace(/\/$/, ''), runtime.base())
  const { href } = service
  // A version that sends other messages has another name, and leads for itself
  const name = `keyhaven 2 ${href}`
  // Every version understands what was left
  const wishName = `keyhaven left ${href}`
  const listeners = createListeners()
  let first = unasked
  let engine: Engine<C> | undefined
  let starting: Promise<Engine<C>> | undefined
  let isLost = false
  serviceUrls.add(href)

  const known = (): Pick<FirstAnswer, 'state' | 'view'> => engine?.known() ?? first
  const stateNow = (): AuthState<C> => known().state as AuthState<C>
  const show = (answer: FirstAnswer): void => {
    // Without its engine the page would not learn that a person is gone
    const isKnown = !isLost || answer.state.leaving
    first = isKnown ? answer : { ...answer, state: offline }
    listeners.emit('change')
  }
  const start = async (): Promise<Engine<C>> => {
    try {
      const { createEngine } = engineAtHand() ?? (await fetchEngine())
      const context = { runtime, service, origins, warnBefore, name, wishName, listeners, first }
      engine = createEngine<C>(context)
      // What it changes is to be seen by those who are called
      engine.start()
      return engine
    } catch (fault) {
      starting = undefined
      isLost = true
      runtime.after(RETRY, load)
      show(first)
      throw fault
    }
  }
  const started = (): Promise<Engine<C>> => (starting ??= start())
  const load = (): void => void started().catch(() => {})
  /** The one boot call; its answer is shown whether or not the engine runs by then. */
  const boot = (): void => {
    // A sign-out that the browser remembers comes first
    if (engine || first.call || runtime.remember(wishName) !== null) return
    const call = askFirst(runtime, href).then((reply) => {
      const answer = firstAnswer(call, reply, runtime.now())
      if (!engine && !first.state.leaving) show(answer)
      return reply
    })
    first = { ...first, call }
  }
  const act = <T>(run: (engine: Engine<C>) => Promise<Result<T>>): Promise<Result<T>> => {
    load()
    return engine ? run(engine) : started().then(run, () => failed(undefined))
  }

  const acts: Omit<Auth<A, C>, 'state' | 'at' | 'can'> = {
    subscribe: (listener) => {
      const stop = listeners.on('change', listener)
      boot()
      load()
      engine?.settle()
      return stop
    },
    on: (event, listener) => {
      const stop = listeners.on(event, listener)
      // The warning is valid until the next answer: a listener that comes later gets it too
      const ending = event === 'ending-soon' && engine?.ending()
      if (ending) listener(ending as never)
      return stop
    },
    headers: () => {
      // Known to this closure only: no storage holds it, and without the cookie it opens nothing
      const { state, view } = known()
      return view && state.session ? { [XSRF_HEADER]: view.xsrfToken } : {}
    },
    fetch: (input, init) => {
      load()
      const beganAs = known().view?.account.id
      return engine
        ? engine.fetch(input, init)
        : started().then((one) => one.fetch(input, init, beganAs))
    },
    refresh: async () => {
      if (engine) await engine.refresh()
      else {
        boot()
        await started().then(
          (running) => running.refresh(first.call),
          () => first.call,
        )
      }
      return stateNow()
    },
    signIn: (input) => act((running) => running.signIn(input)),
    signUp: (input) => act((running) => running.signUp(input)),
    signOut: () => {
      load()
      if (!engine && first.view) {
        runtime.remember(wishName, first.view.session.id)
        show({ ...first, state: signedOut('signed_out', true) })
      }
      return act((running) => running.signOut())
    },
    sessions: (cursor) => act((running) => running.sessions(cursor)),
    endSession: (which) => act((running) => running.endSession(which)),
    changePassword: (change) => act((running) => running.changePassword(change)),
    changeProfile: (change) => act((running) => running.changeProfile(change)),
  }
  const at = (stateOf: () => AuthState<C>): Auth<A, C> => ({
    ...acts,
    get state() {
      return stateOf()
    },
    at: (state) => at(() => state),
    can: (scope, ...resource) => {
      const { account, scope: held, claims } = stateOf()
      return !!account && may(access, { id: account.id, scope: held, claims }, scope, ...resource)
    },
  })
  return at(stateNow)
}

/** No scope has a rule. */
const noAccess = { rules: {} } as AnyAccess
