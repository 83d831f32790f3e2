import { may } from '@keyhaven/core/access'
import type { AnyAccess, ClaimsModule } from '@keyhaven/core/access'
import { XSRF_HEADER } from '@keyhaven/core/wire'
import { forwardActs } from './account/forward-acts.ts'
import type { Auth, AuthOptions } from './auth.ts'
import { failed } from './calls/results.ts'
import type { Result } from './calls/results.ts'
import type { Engine } from './engine/engine.ts'
import { createEngineLoader } from './engine/load-engine.ts'
import { browserRuntime } from './runtime.ts'
import { stores } from './stores.ts'
import type { AuthState } from './state/states.ts'

/**
 * Creates the page's one store. It makes no call until it is first subscribed to, refreshed or used.
 * Refusals are values, never thrown; `fetch` rejects if the browser's does.
 */
export function createAuth<
  A extends AnyAccess = AnyAccess,
  C extends ClaimsModule = Record<never, never>,
>(options: AuthOptions<A, C> = {}): Auth<A, C> {
  const { url = '/auth', access = noAccess as A, origins = [], warnBefore = 120 } = options
  const runtime = { ...browserRuntime, ...options.runtime }
  const service = new URL(url.replace(/\/$/, ''), runtime.base())
  const loader = createEngineLoader<C>({ runtime, service, origins, warnBefore })
  const { listeners, engine, known, started, load, boot, bootCall } = loader

  const stateNow = (): AuthState<C> => known().state as AuthState<C>
  const act = <T>(run: (engine: Engine<C>) => Promise<Result<T>>): Promise<Result<T>> => {
    load()
    const running = engine()
    return running ? run(running) : started().then(run, () => failed(undefined))
  }
  const acts: Omit<Auth<A, C>, 'state' | 'at' | 'can'> = {
    subscribe: (listener) => {
      const stop = listeners.on('change', listener)
      boot()
      load()
      engine()?.settle()
      return stop
    },
    on: (event, listener) => {
      const stop = listeners.on(event, listener)
      // The warning is valid until the next answer, so a later listener gets it too
      const latest = engine()?.latest(event)
      if (latest) listener(latest as never)
      return stop
    },
    headers: () => {
      // Only in this closure, in no storage. The token is useless without the cookie
      const { state, view } = known()
      return view && state.session ? { [XSRF_HEADER]: view.xsrfToken } : {}
    },
    fetch: (input, init) => {
      load()
      const beganAs = known().view?.account.id
      const running = engine()
      return running
        ? running.fetch(input, init)
        : started().then((one) => one.fetch(input, init, beganAs))
    },
    refresh: async () => {
      const running = engine()
      if (running) await running.refresh()
      else {
        boot()
        await started().then((one) => one.refresh(bootCall()), bootCall)
      }
      return stateNow()
    },
    signIn: (input) => act((running) => running.signIn(input)),
    signUp: (input) => act((running) => running.signUp(input)),
    signOut: () => {
      load()
      loader.leave()
      return act((running) => running.signOut())
    },
    ...forwardActs(act),
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
  const auth = at(stateNow)
  stores.set(service.href, auth as Auth)
  return auth
}

/** The access module of a page that has none: no scope has a rule. */
const noAccess = { rules: {} } as AnyAccess
