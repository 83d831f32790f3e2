import { may } from '@keyhaven/core/access'
import type { AnyAccess, ResourceArguments, ScopeOf } from '@keyhaven/core/access'
import { XSRF_HEADER } from '@keyhaven/core/wire'
import { callService } from './call-service.ts'
import type { ServiceCall } from './call-service.ts'
import { expectCookies } from './diagnosis.ts'
import { createFetch } from './fetch.ts'
import { createKnowledge } from './knowledge.ts'
import type { Message } from './knowledge.ts'
import { createLeader } from './leader.ts'
import { failed, viewIn } from './result.ts'
import type { Reply, Result } from './result.ts'
import { browserRuntime } from './runtime.ts'
import type { Runtime } from './runtime.ts'
import { loading } from './state.ts'
import type { AuthState } from './state.ts'
import { createStore } from './store.ts'
import type { AuthEvents } from './store.ts'
import { startTimetable } from './timetable.ts'

declare const process: { readonly env: { readonly NODE_ENV?: string } }

/** Milliseconds between questions that only the page's return is a reason for. */
const RETURNS = 10_000

/** Where the service is, and what the page knows of who may do what. */
export interface AuthOptions<A extends AnyAccess = AnyAccess> {
  /** Where the service lies, as the page reaches it; `/auth` where left out. */
  readonly url?: string
  /** The same access module that the API enforces. */
  readonly access?: A
  /** Origins of APIs besides the page's own and the service's, such as `https://api.example`. */
  readonly origins?: readonly string[]
  /** Seconds before a session's end at which `ending-soon` is told; 120 where left out. */
  readonly warnBefore?: number
  /** What the store touches of the browser; another one for tests. */
  readonly runtime?: Runtime
}

/** What a person signs in with. */
export interface SignIn {
  /** E-mail address or user name. */
  readonly login: string
  readonly password: string
  /** Stay signed in when the browser closes. */
  readonly remember?: boolean
  /** A name for this device. */
  readonly device?: string
}

/** What a person makes an account of. */
export interface SignUp {
  readonly email: string
  readonly password: string
  readonly username?: string
  readonly name?: string
  readonly profile?: Readonly<Record<string, unknown>>
}

/** The page's view of who is signed in. It stores no credential, and never sees one. */
export interface Auth<A extends AnyAccess = AnyAccess> {
  /** Now: the same object until something is learned. */
  readonly state: AuthState
  /** Calls back at every change; the first subscriber starts the one boot call. The answer stops it. */
  readonly subscribe: (listener: () => void) => () => void
  /** Calls back at `signed-out` and `ending-soon`, in every tab. The answer stops it. */
  readonly on: <K extends keyof AuthEvents>(
    name: K,
    listener: (event: AuthEvents[K]) => void,
  ) => () => void
  /** Whether this person may do it: for showing and hiding; the API decides by itself. */
  can<K extends ScopeOf<A>>(this: void, scope: K, ...resource: ResourceArguments<A, K>): boolean
  /** `fetch` that sends cookies and the XSRF header to our own origins, and survives a renewal. */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
  /** Headers for a plain `fetch` of an unsafe method. */
  readonly headers: () => Record<string, string>
  /** Opens a session on this device; its answer is all that the page needs to be drawn. */
  readonly signIn: (input: SignIn) => Promise<Result<{ readonly state: AuthState }>>
  /** `pending`: the address must be confirmed first. */
  readonly signUp: (
    input: SignUp,
  ) => Promise<Result<{ readonly state: AuthState; readonly pending: boolean }>>
  /** Ends the session on this device; every tab forgets it as soon as the service has answered. */
  readonly signOut: () => Promise<Result>
  /** Ends the session with this id, or with `others` all but this one. */
  readonly endSession: (which: string) => Promise<Result>
  /** Asks the service who is signed in; callers at the same time share one call. */
  readonly refresh: () => Promise<AuthState>
}

/**
 * Makes the page's one store. It calls the service when somebody first subscribes, asks or acts;
 * making it does nothing. Refusals are values, never thrown; `fetch` rejects where the browser's does.
 */
export function createAuth<A extends AnyAccess = AnyAccess>(options: AuthOptions<A> = {}): Auth<A> {
  const { url = '/auth', access = noAccess as A, runtime = browserRuntime } = options
  const service = new URL(url.replace(/\/$/, ''), runtime.base())
  const { href, origin } = service
  // A version that speaks another way has another name, and leads for itself
  const name = `keyhaven 1 ${href}`
  const store = createStore(runtime.now)
  let speak: ((message: unknown) => void) | undefined

  const headers = (): Record<string, string> => {
    // Known to this closure alone: no storage holds it, and without the cookie it opens nothing
    const { state, view } = store
    return view && state.session ? { [XSRF_HEADER]: view.xsrfToken } : {}
  }
  const call = (what: ServiceCall): Promise<Reply> => {
    begin()
    return callService(runtime, href, { ...what, headers: headers() })
  }
  const tell = (message: Message): void => speak?.(message)
  const knowledge = createKnowledge({ runtime, store, call, tell, name })
  const { ask, heal, take } = knowledge
  const stream = `${href}/sessions/current/events`
  const { seek, rest } = createLeader({ runtime, store, knowledge, name, url: stream })
  startTimetable({ runtime, store, heal, warnBefore: (options.warnBefore ?? 120) * 1000 })
  const begin = (): void => {
    if (speak) return
    speak = runtime.join(name, (message) => take(message as Message, false))
    seek()
    runtime.watch((event) => {
      if (event === 'acted') {
        if (store.acted) return
        store.acted = true
        store.emit('next')
      } else if (event === 'away') rest()
      else {
        seek()
        store.standsUntil = Math.min(store.standsUntil, store.askedAt + RETURNS)
        if (event === 'restored') knowledge.restore()
        else void heal()
      }
    })
  }
  const enter = (reply: Reply): Result<{ readonly state: AuthState }> => {
    const view = viewIn(reply)
    if (!view) return failed(reply)
    take({ view, extended: true }, true)
    // It is not known yet whether the browser took the cookies
    store.standsUntil = -Infinity
    try {
      if (process.env.NODE_ENV === 'development') expectCookies(store, service)
    } catch {
      // No bundler has replaced it, and a browser has no `process`
    }
    return { ok: true, state: store.state }
  }
  /** Repeats it once where the XSRF token is not known yet, or another tab has signed in since. */
  const remove = async (path: string, asAnybody?: boolean): Promise<Result> => {
    const who = store.view?.account.id
    let reply = await call({ method: 'DELETE', path })
    if (failed(reply).error.code === 'csrf_failed') {
      await ask()
      if (asAnybody || store.view?.account.id === who)
        reply = await call({ method: 'DELETE', path })
    }
    return reply?.status === 204 ? { ok: true } : failed(reply)
  }
  const signOut = async (): Promise<Result> => {
    const result = await remove('/sessions/current', true)
    if (result.ok) take({ gone: store.view?.session.id, reason: 'signed_out' }, true)
    return result
  }

  return {
    get state() {
      return store.state
    },
    subscribe: (listener) => {
      if (store.state === loading) void ask()
      return store.on('change', listener)
    },
    on: store.on,
    can: (scope, ...resource) => {
      const { state } = store
      if (!state.account) return false
      return may(
        access,
        { id: state.account.id, scope: state.scope, claims: state.claims },
        scope,
        ...resource,
      )
    },
    fetch: createFetch(runtime, {
      headers,
      isOurs: (address) =>
        [runtime.origin(), origin, ...(options.origins ?? [])].includes(address.origin),
      account: () => store.state.account?.id,
      settle: async () => {
        if (runtime.now() >= Math.min(store.renewAt, store.holdsUntil)) await heal()
      },
      heal,
    }),
    headers,
    signIn: async (body) => enter(await call({ method: 'POST', path: '/sessions', body })),
    signUp: async (body) => {
      const reply = await call({ method: 'POST', path: '/accounts', body })
      const pending = reply?.status === 202
      const result = pending ? { ok: true as const, state: store.state } : enter(reply)
      return result.ok ? { ...result, pending } : result
    },
    signOut,
    endSession: (which) =>
      which === store.state.session?.id
        ? signOut()
        : remove(`/sessions${which === 'others' ? '' : `/${encodeURIComponent(which)}`}`),
    refresh: async () => {
      await ask()
      return store.state
    },
  }
}

/** No scope has a rule. */
const noAccess = { rules: {} } as AnyAccess
