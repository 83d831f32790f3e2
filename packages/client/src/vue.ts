/** Vue: a plugin, a composable whose state is a ref, and a guard for Vue Router. */
import type { AnyAccess, ClaimsModule } from '@keyhaven/core/access'
import { hasInjectionContext, inject, shallowRef } from 'vue'
import type {
  App,
  EmitFn,
  HTMLAttributes,
  InjectionKey,
  Plugin,
  PublicProps,
  ShallowRef,
} from 'vue'
import type {
  KeyhavenElement,
  KeyhavenElementEvents,
  KeyhavenElementName,
  KeyhavenElementProps,
} from './elements.ts'
import type { Auth, AuthState } from './index.ts'
import { guardResult } from './lib/router/guard-result.ts'
import { loading } from './lib/state/states.ts'
import type { ScopeGuard } from './router.ts'

interface Provided {
  readonly app: App
  readonly auth: Auth
  readonly state: ShallowRef<AuthState>
}

/** The parts of a route that a guard uses. */
export interface RouteToGuard {
  readonly fullPath: string
  readonly matched: readonly { readonly beforeEnter?: unknown }[]
}

/** The parts of Vue Router that a guard uses. */
interface Routing {
  readonly currentRoute: { readonly value: RouteToGuard }
  readonly replace: (to: object | string) => unknown
  readonly afterEach: (call: () => void) => () => void
}

const key: InjectionKey<Provided> = Symbol('keyhaven')
const apps = new WeakMap<Auth['subscribe'], App>()

/**
 * The plugin that provides the store to all components of an app: `app.use(createKeyhaven(auth))`. If an app uses two, its
 * components get the store of the last one.
 */
export function createKeyhaven(auth: Auth): Plugin<[]> {
  return (app: App) => {
    if (!app.onUnmount)
      throw new Error(`@keyhaven/client/vue needs Vue 3.5 or later: this is ${app.version}.`)
    const isServer = typeof document === 'undefined'
    // A server renders the page as loading, and sends no call
    const state = shallowRef(isServer ? loading : auth.state)
    apps.set(auth.subscribe, app)
    app.provide(key, { app, auth, state })
    if (!isServer) app.onUnmount(auth.subscribe(() => (state.value = auth.state)))
  }
}

/** The methods of the store, and its state as a ref, which `can` reads too: templates follow both. */
export function useAuth<
  A extends AnyAccess = AnyAccess,
  C extends ClaimsModule = ClaimsModule,
>(): Omit<Auth<A, C>, 'state'> & { readonly state: Readonly<ShallowRef<AuthState<C>>> } {
  if (!hasInjectionContext()) throw new Error('useAuth: call it in <script setup> or setup().')
  const provided = inject(key, undefined)
  if (!provided) throw new Error('useAuth: write app.use(createKeyhaven(auth)) before app.mount().')
  const { auth, state } = provided as unknown as {
    readonly auth: Auth<A, C>
    readonly state: ShallowRef<AuthState<C>>
  }
  return { ...auth, state, can: (...wanted) => auth.at(state.value).can(...wanted) }
}

/**
 * A guard for `beforeEnter` or `beforeEach`. When its person is gone the view is left; for another person the page
 * is loaded again.
 */
export function guardRoute<A extends AnyAccess, C extends ClaimsModule, T extends object | string>(
  auth: Auth<A, C>,
  options: { readonly signIn: (returnTo: string) => T },
  needs?: ScopeGuard<A>,
): (to: RouteToGuard) => Promise<T | true> {
  const check = async (to: RouteToGuard): Promise<T | true> => {
    // An application may have awaited something before, and then nothing can be injected any more
    const injected = hasInjectionContext() ? inject(key, undefined) : undefined
    const { app = apps.get(auth.subscribe) } = injected ?? {}
    const router = app?.config.globalProperties['$router'] as Routing | undefined
    if (!router)
      throw new Error('guardRoute: write app.use(createKeyhaven(auth)) beside app.use(router).')
    const own = to.matched.find(({ beforeEnter }) => [beforeEnter].flat().includes(check))
    // Vue Router does not enter a route that it shows already
    const leave = async (): Promise<boolean> => {
      const now = router.currentRoute.value
      if (!(own ? [own] : to.matched).some((route) => now.matched.includes(route))) return false
      const answer = await check(now)
      if (answer !== true) router.replace(answer)
      return true
    }
    const again = async (): Promise<void> => {
      if (await leave()) return
      // The router may be about to show it
      const stop = router.afterEach(() => (stop(), void leave()))
    }
    const place = { at: to.fullPath, owner: own ?? check, again: () => void again(), ...options }
    return guardResult(auth, place, needs)
  }
  return check
}

/** An element of `@keyhaven/client/elements` in templates, as Vue's tools read it. */
export type KeyhavenVueElement = new () => KeyhavenElement & {
  readonly $props: KeyhavenVueProps & HTMLAttributes & PublicProps
  readonly $emit: EmitFn<{
    [Name in keyof KeyhavenElementEvents]: (event: KeyhavenElementEvents[Name]) => void
  }>
}

/** Vue's tools look for `min-length` under both names. */
type KeyhavenVueProps = KeyhavenElementProps & {
  readonly [Name in keyof KeyhavenElementProps as CamelCase<Name>]: KeyhavenElementProps[Name]
}

type CamelCase<Name extends string> = Name extends `${infer First}-${infer Rest}`
  ? `${First}${Capitalize<CamelCase<Rest>>}`
  : Name

declare module 'vue' {
  interface GlobalComponents extends Record<KeyhavenElementName, KeyhavenVueElement> {}
}
