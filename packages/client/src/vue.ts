/** Vue: a plugin, a composable whose state is a ref, and a guard for Vue Router. */
import type { AnyAccess, ClaimsModule } from '@keyhaven/core/access'
import { inject, shallowRef } from 'vue'
import type { App, InjectionKey, Plugin, ShallowRef } from 'vue'
import type { Auth, AuthState } from './index.ts'
import { turned } from './lib/router/turned.ts'
import { guardRoute as guard } from './router.ts'
import type { ScopeGuard } from './router.ts'

interface Provided {
  readonly auth: Auth
  readonly state: ShallowRef<AuthState>
}

/** The parts of Vue Router that a guard uses. */
interface Routing {
  readonly currentRoute: { readonly value: { readonly fullPath: string } }
  readonly replace: (to: object | string) => unknown
}

const key: InjectionKey<Provided> = Symbol('keyhaven')
const apps = new WeakMap<Auth['subscribe'], App>()

/** The plugin that provides the store to all components of an app: `app.use(createKeyhaven(auth))`. */
export function createKeyhaven(auth: Auth): Plugin<[]> {
  return (app: App) => {
    const state = shallowRef(auth.state)
    apps.set(auth.subscribe, app)
    app.provide(key, { auth, state })
    // A server renders the page as loading, and sends no call
    if (typeof document !== 'undefined') {
      app.onUnmount(auth.subscribe(() => (state.value = auth.state)))
    }
  }
}

/** The methods of the store, and its state as a ref, which `can` reads too: templates follow both. */
export function useAuth<
  A extends AnyAccess = AnyAccess,
  C extends ClaimsModule = ClaimsModule,
>(): Omit<Auth<A, C>, 'state'> & { readonly state: Readonly<ShallowRef<AuthState<C>>> } {
  const provided = inject(key, undefined)
  if (!provided) throw new Error('useAuth: write app.use(createKeyhaven(auth)) before app.mount().')
  const { auth, state } = provided as unknown as {
    readonly auth: Auth<A, C>
    readonly state: ShallowRef<AuthState<C>>
  }
  return { ...auth, state, can: (...wanted) => auth.at(state.value).can(...wanted) }
}

/** A guard for `beforeEnter` or `beforeEach`. When its person is gone, the view is left; for another one it is loaded anew. */
export function guardRoute<A extends AnyAccess, C extends ClaimsModule, T extends object | string>(
  auth: Auth<A, C>,
  options: { readonly signIn: (returnTo: string) => T },
  needs?: ScopeGuard<A>,
): (to: { readonly fullPath: string }) => Promise<T | true> {
  const check = ({ fullPath: at }: { readonly fullPath: string }): Promise<T | true> =>
    turned<T>((turn) => {
      const signIn = (returnTo: string): unknown => turn(options.signIn(returnTo))
      const refused = (): unknown => turn(needs?.refused() as T)
      return guard(auth, { at, again: () => void again(), signIn }, needs && { ...needs, refused })
    })
  // Vue Router does not enter a route that it shows already
  const again = async (): Promise<void> => {
    const router = apps.get(auth.subscribe)?.config.globalProperties['$router'] as Routing
    const turn = await check(router.currentRoute.value)
    if (turn === true) location.reload()
    else router.replace(turn)
  }
  return check
}
