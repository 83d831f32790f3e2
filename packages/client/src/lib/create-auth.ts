import { may } from '@keyhaven/core/access'
import type { AnyAccess, ResourceArguments, ScopeOf } from '@keyhaven/core/access'
import { XSRF_HEADER } from '@keyhaven/core/wire'
import type { SessionView } from '@keyhaven/core/wire'
import { createFetch } from './fetch.ts'
import { errorOf, problemIn } from './result.ts'
import type { Reply, Result } from './result.ts'
import { browserRuntime } from './runtime.ts'
import type { Runtime } from './runtime.ts'
import { callService } from './call-service.ts'
import { loading, offline, signedOut } from './state.ts'
import type { AuthState } from './state.ts'

/** Milliseconds for which the service's answer stands against an API that refuses. */
const ASKED_FOR = 5000

export interface AuthOptions<A extends AnyAccess = AnyAccess> {
  /** Where the service lies, as the page reaches it; `/auth` where left out. */
  readonly url?: string
  /** The same access module that the API enforces. */
  readonly access?: A
  readonly runtime?: Runtime
}

export interface SignIn {
  /** E-mail address or user name. */
  readonly login: string
  readonly password: string
  /** Stay signed in when the browser closes. */
  readonly remember?: boolean
  /** A name for this device. */
  readonly device?: string
}

export interface SignUp {
  readonly email: string
  readonly password: string
  readonly username?: string
  readonly name?: string
  readonly profile?: Readonly<Record<string, unknown>>
}

/** The page's view of who is signed in. It stores no credential, and never sees one. */
export interface Auth<A extends AnyAccess = AnyAccess> {
  readonly state: AuthState
  /** Calls back at every change; the first subscriber starts the one boot call. */
  readonly subscribe: (listener: () => void) => () => void
  /** Whether this person may do it: for showing and hiding; the API decides by itself. */
  can<K extends ScopeOf<A>>(scope: K, ...resource: ResourceArguments<A, K>): boolean
  /** `fetch` that sends the cookie and the XSRF header to our own origin, and survives a renewal. */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>
  /** Headers for a plain `fetch` of an unsafe method. */
  headers(): Record<string, string>
  signIn(input: SignIn): Promise<Result<{ readonly state: AuthState }>>
  /** `pending`: the address must be confirmed first. */
  signUp(input: SignUp): Promise<Result<{ readonly state: AuthState; readonly pending: boolean }>>
  signOut(): Promise<Result>
  /** Asks the service who is signed in; callers at the same time share one call. */
  refresh(): Promise<AuthState>
}

export function createAuth<A extends AnyAccess = AnyAccess>(options: AuthOptions<A> = {}): Auth<A> {
  const { url = '/auth', access, runtime = browserRuntime } = options
  const base = url.replace(/\/$/, '')
  const listeners = new Set<() => void>()
  let state: AuthState = loading
  // In this closure alone: no storage holds it, and without the cookie it opens nothing
  let xsrf: string | undefined
  let renewAt = Infinity
  let asking: Promise<AuthState> | undefined
  let askedAt = -Infinity
  let booted = false

  const set = (next: AuthState): AuthState => {
    state = next
    for (const listener of listeners) listener()
    return next
  }
  const enter = (view: SessionView): AuthState => {
    xsrf = view.xsrfToken
    renewAt = runtime.now() + view.session.renewIn * 1000
    const { account, claims, scope, roles, session } = view
    return set({ status: 'signed-in', account, claims, scope, roles, session })
  }
  const leave = (): AuthState => {
    xsrf = undefined
    renewAt = Infinity
    return set(signedOut)
  }
  /** Only the service's own answer changes what the page believes. */
  const believe = (reply: Reply): AuthState => {
    if (reply.by === 'service' && reply.status === 200) return enter(reply.body as SessionView)
    if (reply.by === 'service' && reply.status === 401 && problemIn(reply.body)) return leave()
    return state.status === 'signed-in' ? state : set(offline)
  }
  const call = (method: string, path: string, body?: unknown): Promise<Reply> =>
    callService(runtime, base, { method, path, body, xsrf })
  const refresh = (): Promise<AuthState> => {
    asking ??= call('GET', '/user/current')
      .then(believe)
      .finally(() => {
        asking = undefined
        askedAt = runtime.now()
      })
    return asking
  }
  /** Asks because an API refused: parallel and repeated refusals share one answer. */
  const heal = (): Promise<AuthState> =>
    runtime.now() - askedAt < ASKED_FOR ? Promise.resolve(state) : refresh()
  const boot = (): void => {
    if (booted) return
    booted = true
    runtime.onReturn((from) => {
      // A page from the browser's cache shows nobody until the service has answered
      if (from === 'cache') set(loading)
      if (from === 'cache' || state.status === 'offline') void refresh()
    })
    void refresh()
  }
  const opened = (reply: Reply): Result<{ readonly state: AuthState }> =>
    reply.by === 'service' && reply.status === 201
      ? { ok: true, state: enter(reply.body as SessionView) }
      : { ok: false, error: errorOf(reply) }

  return {
    get state() {
      return state
    },
    subscribe: (listener) => {
      listeners.add(listener)
      boot()
      return () => listeners.delete(listener)
    },
    can: (scope, ...resource) => {
      if (state.status !== 'signed-in') return false
      const who = { id: state.account.id, scope: state.scope, claims: state.claims }
      return may(access ?? (noAccess as AnyAccess as A), who, scope, ...resource)
    },
    fetch: createFetch(runtime, {
      headers: () => ({ ...(xsrf !== undefined && { [XSRF_HEADER]: xsrf }) }),
      isSignedIn: () => state.status === 'signed-in',
      isDue: () => runtime.now() >= renewAt,
      refresh,
      heal,
    }),
    headers: () => ({ ...(xsrf !== undefined && { [XSRF_HEADER]: xsrf }) }),
    signIn: async (input) => opened(await call('POST', '/sessions', input)),
    signUp: async (input) => {
      const reply = await call('POST', '/accounts', input)
      if (reply.by === 'service' && reply.status === 202) return { ok: true, state, pending: true }
      const result = opened(reply)
      return result.ok ? { ...result, pending: false } : result
    },
    signOut: async () => {
      const reply = await call('DELETE', '/sessions/current')
      if (reply.by !== 'service' || reply.status !== 204) {
        return { ok: false, error: errorOf(reply) }
      }
      leave()
      return { ok: true }
    },
    refresh,
  }
}

const noAccess: AnyAccess = { scopes: [], roles: {}, defaultRoles: [], rules: {} }
