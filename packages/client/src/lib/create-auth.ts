import { may } from '@keyhaven/core/access'
import type { AnyAccess, ResourceArguments, ScopeOf } from '@keyhaven/core/access'
import { XSRF_HEADER } from '@keyhaven/core/wire'
import type { SessionView } from '@keyhaven/core/wire'
import { callService } from './call-service.ts'
import { createFetch } from './fetch.ts'
import { errorOf, isRefusal, viewIn } from './result.ts'
import type { Reply, Result } from './result.ts'
import { browserRuntime } from './runtime.ts'
import type { Runtime } from './runtime.ts'
import { loading, offline, signedIn, signedOut } from './state.ts'
import type { AuthState } from './state.ts'

/** Milliseconds for which the service's answer stands against an API that refuses. */
const ASKED_FOR = 5000

/** Where the service is, and what the page knows of who may do what. */
export interface AuthOptions<A extends AnyAccess = AnyAccess> {
  /** Where the service lies, as the page reaches it; `/auth` where left out. */
  readonly url?: string
  /** The same access module that the API enforces. */
  readonly access?: A
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
  /** Calls back at every change; the first subscriber starts the one boot call. */
  readonly subscribe: (listener: () => void) => () => void
  /** Whether this person may do it: for showing and hiding; the API decides by itself. */
  can<K extends ScopeOf<A>>(this: void, scope: K, ...resource: ResourceArguments<A, K>): boolean
  /** `fetch` that sends the cookie and the XSRF header to our own origin, and survives a renewal. */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
  /** Headers for a plain `fetch` of an unsafe method. */
  readonly headers: () => Record<string, string>
  /** Opens a session on this device; its answer is all that the page needs to be drawn. */
  readonly signIn: (input: SignIn) => Promise<Result<{ readonly state: AuthState }>>
  /** `pending`: the address must be confirmed first. */
  readonly signUp: (
    input: SignUp,
  ) => Promise<Result<{ readonly state: AuthState; readonly pending: boolean }>>
  /** Ends the session on this device; the page forgets it as soon as the service has answered. */
  readonly signOut: () => Promise<Result>
  /** Asks the service who is signed in; callers at the same time share one call. */
  readonly refresh: () => Promise<AuthState>
}

/**
 * Makes the page's one store. It calls the service when somebody first subscribes, asks or acts;
 * making it does nothing. Refusals are values, never thrown; `fetch` rejects where the browser's does.
 */
export function createAuth<A extends AnyAccess = AnyAccess>(options: AuthOptions<A> = {}): Auth<A> {
  const { url = '/auth', access = noAccess as AnyAccess as A, runtime = browserRuntime } = options
  const base = url.replace(/\/$/, '')
  const listeners = new Set<() => void>()
  let state: AuthState = loading
  // In this closure alone: no storage holds it, and without the cookie it opens nothing
  let xsrf: string | undefined
  let renewAt = Infinity
  /** The question on its way, and how the last one ended. */
  let asking: Promise<boolean> | undefined
  let confirmed = false
  let askedAt = -Infinity
  let listening = false

  const set = (next: AuthState, view?: SessionView): void => {
    state = next
    xsrf = view?.xsrfToken
    renewAt = view ? runtime.now() + view.session.renewIn * 1000 : Infinity
    for (const listener of listeners) listener()
  }
  /** Sets what is known from elsewhere: a question that is on its way is answered too late. */
  const turn = (next: AuthState, view?: SessionView): void => {
    asking = undefined
    askedAt = -Infinity
    set(next, view)
  }
  const call = (method: string, path: string, body?: unknown): Promise<Reply> => {
    if (!listening) runtime.onReturn(comeBack)
    listening = true
    return callService(runtime, base, { method, path, body, xsrf })
  }
  /** Only the service's own answer changes what the page believes. */
  const believe = (reply: Reply): boolean => {
    const view = viewIn(reply)
    if (view) set(signedIn(view), view)
    else if (reply.by === 'service' && isRefusal(reply.status, reply.body)) set(signedOut)
    else if (state.status !== 'signed-in') set(offline)
    return view !== undefined
  }
  /** Whether the service knows the person; callers at the same time share one call. */
  const ask = (): Promise<boolean> => {
    if (asking) return asking
    const question = call('GET', '/user/current').then((reply) => {
      if (asking !== question) return state.status === 'signed-in'
      asking = undefined
      askedAt = runtime.now()
      confirmed = believe(reply)
      return confirmed
    })
    asking = question
    return question
  }
  /** The same, where a refusal or a doubt is the reason: the answer stands for 5 s. */
  const heal = (): Promise<boolean> =>
    runtime.now() - askedAt < ASKED_FOR ? Promise.resolve(confirmed) : ask()
  const settle = async (): Promise<void> => {
    const { status } = state
    if (status === 'signed-in' ? runtime.now() >= renewAt : status !== 'signed-out') await heal()
  }
  const comeBack = (from: 'cache' | 'network'): void => {
    // A page from the browser's cache shows nobody until the service has answered
    if (from === 'cache') turn(loading)
    if (from === 'cache' || state.status === 'offline') void ask()
  }
  const enter = (reply: Reply): Result<{ readonly state: AuthState }> => {
    const view = viewIn(reply)
    if (!view) return { ok: false, error: errorOf(reply) }
    turn(signedIn(view), view)
    return { ok: true, state }
  }
  const headers = (): Record<string, string> => (xsrf === undefined ? {} : { [XSRF_HEADER]: xsrf })

  return {
    get state() {
      return state
    },
    subscribe: (listener) => {
      listeners.add(listener)
      if (state === loading) void ask()
      return () => listeners.delete(listener)
    },
    can: (scope, ...resource) => {
      if (state.status !== 'signed-in') return false
      const who = { id: state.account.id, scope: state.scope, claims: state.claims }
      return may(access, who, scope, ...resource)
    },
    fetch: createFetch(runtime, { headers, account: () => state.account?.id, settle, heal }),
    headers,
    signIn: async (input) => enter(await call('POST', '/sessions', input)),
    signUp: async (input) => {
      const reply = await call('POST', '/accounts', input)
      if (reply.by === 'service' && reply.status === 202) return { ok: true, state, pending: true }
      const result = enter(reply)
      return result.ok ? { ...result, pending: false } : result
    },
    signOut: async () => {
      const end = (): Promise<Reply> => call('DELETE', '/sessions/current')
      let reply = await end()
      // The XSRF token is not known yet, or another tab has signed in since
      if (errorOf(reply).code === 'csrf_failed') {
        await ask()
        reply = await end()
      }
      if (reply.by === 'nobody' || reply.status !== 204) return { ok: false, error: errorOf(reply) }
      turn(signedOut)
      return { ok: true }
    },
    refresh: async () => {
      await ask()
      return state
    },
  }
}

const noAccess: AnyAccess = { scopes: [], roles: {}, defaultRoles: [], rules: {} }
