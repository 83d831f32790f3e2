import type { Auth } from '../auth.ts'
import { isHeld } from '../state/held-pages.ts'
import type { AuthState } from '../state/states.ts'

/** Milliseconds that a router has to ask its guards again. */
const PATIENCE = 1000
/** Guards that are remembered: more than one page shows. */
const REMEMBERED = 50

/** A guard that has let a route load. */
export interface PassedGuard {
  /** Path and query of the place. */
  readonly place: string
  readonly scope: string | undefined
  /** Whom it has let in; `undefined` if the service could not say who is signed in. */
  readonly account: string | undefined
  /** Whether the router may keep what it has loaded, and show it at the next visit before it loads anew. */
  readonly keeps: boolean
  /** Whether it would let the route load as of this state. */
  readonly mayStay: (state: AuthState) => boolean
  /** Loads the routes anew, for a router that does not follow the page's address. */
  readonly again: (() => void) | undefined
}

/** What guards have let load for one store. */
export interface ShownRoutes {
  /** A guard was asked. */
  readonly ask: () => void
  readonly add: (guard: PassedGuard) => void
  /** Whether the router may still have what was loaded for another person, and is about to show it here. */
  readonly isOfAnother: (place: string, account: string | undefined) => boolean
  /** The fragment of a place, also if it had to be taken off the address. */
  readonly hashOf: (place: string) => string
}

const all = new WeakMap<object, ShownRoutes>()

/** When the person is gone, the router is made to call the guards again that let routes load. */
export function shownRoutes(auth: Pick<Auth, 'state' | 'subscribe'>): ShownRoutes {
  const routes = all.get(auth.subscribe) ?? createShownRoutes(auth)
  all.set(auth.subscribe, routes)
  return routes
}

function createShownRoutes(auth: Pick<Auth, 'state' | 'subscribe'>): ShownRoutes {
  const store = auth.subscribe
  const passed = new Map<string, PassedGuard>()
  let asked = 0
  let shownTo: string | undefined
  let taken = { place: '', hash: '' }
  let isCovered = false
  /** Makes the whole page invisible, where it is not known whether its person may still see it. */
  const coverPage = (covers: boolean): void => {
    // A page may hide itself for reasons of its own
    if (covers !== isCovered) document.documentElement.style.visibility = covers ? 'hidden' : ''
    isCovered = covers
  }
  auth.subscribe(() => {
    const { state } = auth
    const guards = [...passed.values()]
    // Out of the page cache, and nobody knows yet whose page it is
    if (state.status === 'loading') return coverPage(guards.some(isShown) && !isHeld(store, state))
    if (isHeld(store, state) || guards.every(({ mayStay }) => mayStay(state)))
      return coverPage(false)
    passed.clear()
    const again = guards.find((guard) => guard.again)?.again
    const { account } = state
    // Until theirs is loaded, another person would look at what the router still shows
    const isOthers = guards.some((guard) => isShown(guard) && guard.account !== account?.id)
    if (again) {
      coverPage(false)
      again()
    } else if (isCovered || (account && isOthers)) location.reload()
    else followAddress(guards)
  })
  /** Routers load the place of the address again when an event says that it has changed. */
  const followAddress = (guards: readonly PassedGuard[]): void => {
    const before = asked
    if (guards.some(({ place }) => place === here()) && location.hash) {
      // With the same fragment React Router would take it for a jump within the page
      taken = { place: here(), hash: location.hash }
      // A path that begins with two slashes would be taken for a host
      history.replaceState(history.state, '', location.href.replace(/#.*/, ''))
    }
    dispatchEvent(new PopStateEvent('popstate', { state: history.state }))
    setTimeout(() => {
      // A router that has asked no guard still shows what it showed
      if (asked === before && guards.some(({ place }) => isHere(place))) location.reload()
    }, PATIENCE)
  }
  return {
    ask: () => {
      asked += 1
    },
    add: (guard) => {
      const key = `${guard.scope} ${guard.place}`
      passed.delete(key)
      passed.set(key, guard)
      const [oldest = ''] = passed.keys()
      if (passed.size > REMEMBERED) passed.delete(oldest)
      shownTo = (guard.keeps ? shownTo : undefined) ?? guard.account
    },
    // At another place the router only loads ahead; below a base path it names the rest of the address
    isOfAnother: (place, account) =>
      shownTo !== undefined && account !== undefined && account !== shownTo && isHere(place, true),
    hashOf: (place) => {
      if (place !== here()) return ''
      return location.hash || (taken.place === place ? taken.hash : '')
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

/** Whether a person may be looking at what the guard let load for somebody who was known. */
function isShown({ account, again, place }: PassedGuard): boolean {
  return account !== undefined && (again !== undefined || isHere(place))
}
