import type { AnyAccess, ClaimsModule } from '@keyhaven/core/access'
import type { Auth, AuthOptions } from '../auth.ts'
import { createAuth } from '../create-auth.ts'
import type { AuthState } from '../state/states.ts'
import { addTimeouts, aloneIn, appRuntime } from './app-runtime.ts'
import type { OnResume } from './app-runtime.ts'
import { printOnce } from '../calls/print-once.ts'
import { createServiceTransport } from './service-transport.ts'
import { memoryStorage } from './token-storage.ts'
import type { TokenStorage } from './token-storage.ts'
import { createTokens } from './tokens.ts'
import type { Tokens } from './tokens.ts'
import { unverifiedState } from './unverified.ts'
import { createVault } from './vault.ts'
import type { Profile } from './vault.ts'

declare const process: { readonly env: { readonly NODE_ENV?: string } }

/** The options of a store whose tokens are in memory. */
export interface BearerAuthOptions<
  A extends AnyAccess = AnyAccess,
  C extends ClaimsModule = ClaimsModule,
> extends Omit<AuthOptions<A, C>, 'url'> {
  /** The absolute URL of the service, such as `https://example.com/auth`. */
  readonly url: string
}

/** The options of an app's store. */
export interface NativeAuthOptions<
  A extends AnyAccess = AnyAccess,
  C extends ClaimsModule = ClaimsModule,
> extends BearerAuthOptions<A, C> {
  /** The key store of the device, which keeps the refresh token and the user's profile. */
  readonly storage: TokenStorage
  /** Calls back when the app returns to the foreground. A web view needs none: its page reports that. */
  readonly onResume?: OnResume
}

/**
 * Creates the store of an app: a web view, or React Native. It sends the access token as a header and no cookie. The
 * access token is in memory only, the refresh token in the storage. Without the network it shows the stored user, with
 * `unverified` in the state.
 */
export function createNativeAuth<
  A extends AnyAccess = AnyAccess,
  C extends ClaimsModule = Record<never, never>,
>(options: NativeAuthOptions<A, C>): Auth<A, C> {
  const { url, storage, onResume, origins = [], ...rest } = options
  const service = new URL(url.replace(/\/+$/, ''))
  addTimeouts()
  const runtime = appRuntime(options.runtime, service, onResume)
  const { href } = service
  const vault = createVault(storage, runtime, service)
  const alone = (work: () => Promise<void>): Promise<void> =>
    aloneIn(`keyhaven refresh ${href}`, work)
  const tokens = createTokens({ runtime, href, vault, alone })
  const fetch = createServiceTransport({ runtime, service, origins, tokens })
  const auth = createAuth<A, C>({ ...rest, url: href, origins, runtime: { ...runtime, fetch } })
  return withProfile(auth, tokens)
}

const tradeOff =
  'Keyhaven: createBearerAuth holds tokens in this page. A script that is injected into it can steal them, and a reload signs the user out. Put the page and the service on one site and use createAuth if you can.'

/**
 * Creates the store of a page of another site, whose browser sends it no cookies. Its tokens are in the page's memory,
 * so a script that an attacker gets into the page can steal them, and a reload signs the user out. Prefer one site.
 */
export function createBearerAuth<
  A extends AnyAccess = AnyAccess,
  C extends ClaimsModule = Record<never, never>,
>(options: BearerAuthOptions<A, C>): Auth<A, C> {
  try {
    if (process.env.NODE_ENV === 'development') printOnce('warn', tradeOff)
  } catch {
    // No bundler has replaced it, and a browser has no `process`
  }
  return createNativeAuth({ ...options, storage: memoryStorage() })
}

/** The same store, which shows the stored user while the service can't be reached. */
function withProfile<A extends AnyAccess, C extends ClaimsModule>(
  auth: Auth<A, C>,
  tokens: Pick<Tokens, 'profile'>,
): Auth<A, C> {
  let shown: { readonly profile: Profile; readonly state: AuthState<C> } | undefined
  const stateNow = (): AuthState<C> => {
    const { state } = auth
    const profile = tokens.profile()
    if (state.status !== 'offline' || !profile) return state
    if (shown?.profile !== profile) {
      shown = { profile, state: unverifiedState(profile) as AuthState<C> }
    }
    return shown.state
  }
  const { at: _at, can: _can, ...acts } = auth
  const at = (stateOf: () => AuthState<C>): Auth<A, C> => ({
    ...acts,
    // No XSRF token is needed, and the access token is handed out to no caller
    headers: () => ({}),
    refresh: async () => {
      await auth.refresh()
      return stateNow()
    },
    get state() {
      return stateOf()
    },
    at: (state) => at(() => state),
    can: (scope, ...resource) => auth.at(stateOf()).can(scope, ...resource),
  })
  return at(stateNow)
}
