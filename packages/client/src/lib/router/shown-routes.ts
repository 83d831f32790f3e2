import type { Auth } from '../auth.ts'
import { isHeld } from '../state/hold-page.ts'
import type { AuthState } from '../state/states.ts'

/** Milliseconds that a router has to call its guards again. */
const TIME_OUT = 1000
/** Guards that are remembered: more than one page shows. */
const REMEMBERED = 50

/** A guard that has let a route load. */
export interface PassedGuard {
  /** Path and query of the place. */
  readonly place: string
  readonly scope: string | undefined
  /** The account that it admitted; `undefined` if the page did not know who is signed in. */
  readonly account: string | undefined
  /** Whether the router may cache the loaded data, and show it at the next visit before it loads again. */
  readonly keeps: boolean
  /** Whether the guard would let the route load in this state. */
  readonly mayStay: (state: AuthState) => boolean
  /** What the router's guard protects, if it may stay shown at other places without another call of the guard. */
  readonly owner: object | undefined
  /** Loads the routes again, for a router that does not follow the page's address. */
  readonly again: (() => void) | undefined
}

/** The routes that guards have let load, for one store. */
export interface ShownRoutes {
  /** The router has called a guard. */
  readonly guarded: () => void
  /** A guard has let a route load. */
  readonly add: (guard: PassedGuard) => void
  /** Whether the router may still have data of another person, and is about to show it here. */
  readonly isOfAnother: (place: string, account: string | undefined) => boolean
  /** The fragment of a place, also if it was removed from the address. */
  readonly hashOf: (place: string) => string
}

const all = new WeakMap<object, ShownRoutes>()

/** The shown routes of a store. When the person is gone, they make the router call its guards again. */
export function shownRoutes(auth: Pick<Auth, 'state' | 'subscribe'>): ShownRoutes {
  const routes = all.get(auth.subscribe) ?? createShownRoutes(auth)
  all.set(auth.subscribe, routes)
  return routes
}

function createShownRoutes(auth: Pick<Auth, 'state' | 'subscribe'>): ShownRoutes {
  const store = auth.subscribe
  const passed = new Map<object | string, PassedGuard>()
  let calls = 0
  let shownTo: string | undefined
  let removed = { place: '', hash: '' }
  let isCovered = false
  /** Hides the whole page while it is not known whether its person may still see it. */
  const coverPage = (covers: boolean): void => {
    // Changed only if it was set here: a page may hide itself for reasons of its own
    if (covers !== isCovered) document.documentElement.style.visibility = covers ? 'hidden' : ''
    isCovered = covers
  }
  auth.subscribe(() => {
    const { state } = auth
    const guards = [...passed.values()]
    const left = guards.filter(({ mayStay }) => !mayStay(state))
    // The page came from the browser's cache, and it is not known yet who is signed in
    if (state.status === 'loading') return coverPage(guards.some(isShown) && !isHeld(store, state))
    if (isHeld(store, state) || left.length === 0) return coverPage(false)
    // A router need not call the other guards again: they still watch what they let load
    for (const [key, guard] of passed) if (left.includes(guard)) passed.delete(key)
    const agains = new Set(left.flatMap(({ again }) => again ?? []))
    const { account } = state
    // Otherwise another person would see the former person's data until their own is loaded
    const isOthers = left.some((guard) => isShown(guard) && guard.account !== account?.id)
    if (agains.size > 0) {
      coverPage(false)
      for (const again of agains) again()
    } else if (isCovered || (account && isOthers)) location.reload()
    else followAddress(left)
  })
  /** Routers load the place of the address again when an event says that it has changed. */
  const followAddress = (guards: readonly PassedGuard[]): void => {
    const before = calls
    if (guards.some(({ place }) => place === here()) && location.hash) {
      // With the same fragment React Router would treat the event as a jump within the page
      removed = { place: here(), hash: location.hash }
      // The whole address, because a path that begins with two slashes would be read as a host
      history.replaceState(history.state, '', location.href.replace(/#.*/, ''))
    }
    dispatchEvent(new PopStateEvent('popstate', { state: history.state }))
    setTimeout(() => {
      // A router that has called no guard still shows the former view
      if (calls === before && guards.some(({ place }) => isHere(place))) location.reload()
    }, TIME_OUT)
  }
  return {
    guarded: () => {
      calls += 1
    },
    add: (guard) => {
      const key = guard.owner ?? `${guard.scope} ${guard.place}`
      passed.delete(key)
      passed.set(key, guard)
      const [oldest = ''] = passed.keys()
      if (passed.size > REMEMBERED) passed.delete(oldest)
      shownTo = (guard.keeps ? shownTo : undefined) ?? guard.account
    },
    // A router that loads another place only preloads it. With a base path, `place` is the rest of the address
    isOfAnother: (place, account) =>
      shownTo !== undefined && account !== undefined && account !== shownTo && isHere(place, true),
    hashOf: (place) => {
      if (place !== here()) return ''
      return location.hash || (removed.place === place ? removed.hash : '')
    },
  }
}

/** Path and query of the page's address. */
function here(): string {
  return location.pathname + location.search
}

/** Whether the page's address is the place, also for a router that keeps it in the fragment. */
function isHere(place: string, belowBase = false): boolean {
  const isPath = belowBase ? here().endsWith(place) : here() === place
  return isPath || location.hash.slice(1).split('#')[0] === place
}

/** Whether the page may show a route that the guard let load for a known person. */
function isShown({ account, again, place }: PassedGuard): boolean {
  return account !== undefined && (again !== undefined || isHere(place))
}
