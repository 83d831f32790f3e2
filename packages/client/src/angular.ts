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
import { turned } from './lib/router/turned.ts'
import { guardRoute } from './router.ts'

interface Provided<A extends AnyAccess, C extends ClaimsModule> {
  readonly auth: Auth<A, C>
  readonly state: Signal<AuthState<C>>
}

const KEYHAVEN = new InjectionToken<Provided<AnyAccess, ClaimsModule>>('keyhaven', {
  factory: () => {
    throw new Error(
      'injectAuth: write provideKeyhaven(auth) among the providers of the application.',
    )
  },
})

/** Provides the store to the whole application, for the providers of `bootstrapApplication`. */
export function provideKeyhaven(auth: Auth): EnvironmentProviders {
  const useFactory = (): unknown => {
    const state = signal(auth.state)
    // A server renders the page as loading, and sends no call
    if (typeof document !== 'undefined') {
      inject(DestroyRef).onDestroy(auth.subscribe(() => state.set(auth.state)))
    }
    return { auth, state }
  }
  return makeEnvironmentProviders([{ provide: KEYHAVEN, useFactory }])
}

/** The methods of the store, and its state as a signal, which `can` reads too. Call it where `inject` works. */
export function injectAuth<
  A extends AnyAccess = AnyAccess,
  C extends ClaimsModule = ClaimsModule,
>(): Omit<Auth<A, C>, 'state'> & { readonly state: Signal<AuthState<C>> } {
  const { auth, state } = inject(KEYHAVEN) as unknown as Provided<A, C>
  return { ...auth, state, can: (...wanted) => auth.at(state()).can(...wanted) }
}

/**
 * A guard for `canMatch`: the route matches for a person, with `scope` for one who has it; for others the router goes on
 * to the next route. It matches the address again when its person is gone.
 */
export function keyhavenGuard<A extends AnyAccess = AnyAccess>(scope?: ScopeOf<A>): CanMatchFn {
  return async () => {
    const { auth } = inject(KEYHAVEN)
    const router = inject(Router)
    const at = router.getCurrentNavigation()?.extractedUrl.toString() ?? router.url
    const again = (): void =>
      void router.navigateByUrl(router.url, { onSameUrlNavigation: 'reload' })
    return turned((turn) => {
      const refused = (): unknown => turn(false)
      return guardRoute(auth, { at, again, signIn: refused }, scope && { scope, refused })
    })
  }
}

/** Sends the requests of `HttpClient` by `auth.fetch`: with cookies, XSRF header, renewal and step-up. Put it last. */
export const keyhavenInterceptor: HttpInterceptorFn = (request) => {
  const { auth } = inject(KEYHAVEN)
  return new Observable((observer) => {
    const ended = new AbortController()
    answerOf(auth, request, ended.signal).then(
      (event) => (observer.next(event), observer.complete()),
      (error: unknown) => observer.error(error),
    )
    return () => ended.abort()
  })
}
