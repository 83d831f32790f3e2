/** Angular: a provider, the store's state as a signal, a guard for routes, and an interceptor. Works without zones. */
import type { HttpInterceptorFn } from '@angular/common/http'
import { DestroyRef, inject, InjectionToken, makeEnvironmentProviders, signal } from '@angular/core'
import type { EnvironmentProviders, Signal } from '@angular/core'
import { Router } from '@angular/router'
import type { CanMatchFn } from '@angular/router'
import type { AnyAccess, ClaimsModule, ScopeOf } from '@keyhaven/core/access'
import { Observable } from 'rxjs'
import type { Auth, AuthState } from './index.ts'
import { answerOf } from './lib/angular/answer-of.ts'
import { guardResult } from './lib/router/guard-result.ts'
import { loading } from './lib/state/states.ts'

interface Provided<A extends AnyAccess, C extends ClaimsModule> {
  readonly auth: Auth<A, C>
  readonly state: Signal<AuthState<C>>
  /** Matches the address again that was refused last, for the person who signs in. */
  matchAgain?: (() => void) | undefined
}

const KEYHAVEN = new InjectionToken<Provided<AnyAccess, ClaimsModule>>('keyhaven')

function injectProvided(): Provided<AnyAccess, ClaimsModule> {
  const provided = inject(KEYHAVEN, { optional: true })
  if (provided) return provided
  throw new Error(
    'Keyhaven: write bootstrapApplication(App, { providers: [provideKeyhaven(auth)] }).',
  )
}

/**
 * Provides the store, for the providers of `bootstrapApplication` or of a route. The nearest one is used, and of two in
 * one list the last one.
 */
export function provideKeyhaven(auth: Auth): EnvironmentProviders {
  const useFactory = (): Provided<AnyAccess, ClaimsModule> => {
    const isServer = typeof document === 'undefined'
    // A server renders the page as loading, and sends no call
    const state = signal(isServer ? loading : auth.state)
    const provided: Provided<AnyAccess, ClaimsModule> = { auth, state }
    const follow = (): void => {
      state.set(auth.state)
      if (!auth.state.account) return
      provided.matchAgain?.()
      provided.matchAgain = undefined
    }
    if (!isServer) inject(DestroyRef).onDestroy(auth.subscribe(follow))
    return provided
  }
  return makeEnvironmentProviders([{ provide: KEYHAVEN, useFactory }])
}

/** The methods of the store, and its state as a signal, which `can` reads too. Call it where `inject` works. */
export function injectAuth<
  A extends AnyAccess = AnyAccess,
  C extends ClaimsModule = ClaimsModule,
>(): Omit<Auth<A, C>, 'state'> & { readonly state: Signal<AuthState<C>> } {
  const { auth, state } = injectProvided() as unknown as Provided<A, C>
  return { ...auth, state, can: (...wanted) => auth.at(state()).can(...wanted) }
}

/**
 * A guard for `canMatch`: the route matches for a person, with `scope` for one who has it; for others the router goes on
 * to the next route. It matches the address again when its person is gone, and when a person signs in there.
 */
export function keyhavenGuard<A extends AnyAccess = AnyAccess>(scope?: ScopeOf<A>): CanMatchFn {
  const guard: CanMatchFn = async () => {
    const provided = injectProvided()
    const router = inject(Router)
    const at = router.currentNavigation()?.extractedUrl.toString() ?? router.url
    const again = (): void =>
      void router.navigateByUrl(router.url, { onSameUrlNavigation: 'reload' })
    const refuse = (): false => {
      provided.matchAgain = () => router.url === at && again()
      return false
    }
    const place = { at, owner: guard, again, signIn: refuse }
    return guardResult(provided.auth, place, scope && { scope, refused: refuse })
  }
  return guard
}

/** Sends the requests of `HttpClient` by `auth.fetch`: with cookies, XSRF header, renewal and step-up. Put it last. */
export const keyhavenInterceptor: HttpInterceptorFn = (request) => {
  const { auth } = injectProvided()
  return new Observable((observer) => {
    const ended = new AbortController()
    answerOf(auth, request, ended.signal).then(
      (event) => (observer.next(event), observer.complete()),
      (error: unknown) => observer.error(error),
    )
    return () => ended.abort()
  })
}
