import type { Auth } from './auth.ts'
import { isHeld } from './held-pages.ts'
import type { AuthState } from './state/states.ts'

/** Milliseconds that a router has to ask its guards again. */
const PATIENCE = 1000
/** Guards that are remembered: more than one page shows. */
const REMEMBERED = 50

/** A guard that has let a route load. */
export interface PassedGuard {
  /** Path and query of the place. */
  readonly place: string
  readonly scope: string | undefined
  /** Whom it has let in; `undefined` if that was not known yet. */
  readonly account: string | undefined
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
  const passed = new Map<string, PassedGuard>()
  let asked = 0
  let taken = { place: '', hash: '' }
  auth.subscribe(() => {
    const { state } = auth
    // `loading` and `offline` don't say that the person is gone
    if (/loading|offline/.test(state.status) || isHeld(auth.subscribe, state)) return
    const guards = [...passed.values()]
    if (guards.every(({ mayStay }) => mayStay(state))) return
    passed.clear()
    const again = guards.find((guard) => guard.again)?.again
    const isOther = ({ place, account }: PassedGuard): boolean =>
      isHere(place) && !!account && !!state.account && account !== state.account.id
    if (again) again()
    // A router keeps what views remember if the route stays: nobody gets it from the person before
    else if (guards.some(isOther)) location.reload()
    else followAddress(guards)
  })
  /** Routers load the place of the address again when an event says that it has changed. */
  const followAddress = (guards: readonly PassedGuard[]): void => {
    const before = asked
    const isShown = (): boolean => guards.some(({ place }) => isHere(place))
    if (guards.some(({ place }) => place === here()) && location.hash) {
      // With the same fragment React Router would take it for a jump within the page
      taken = { place: here(), hash: location.hash }
      history.replaceState(history.state, '', here())
    }
    dispatchEvent(new PopStateEvent('popstate', { state: history.state }))
    setTimeout(() => {
      // A router that has asked no guard still shows what it showed
      if (asked === before && isShown()) location.reload()
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
    },
    hashOf: (place) => {
      if (place !== here()) return ''
      return location.hash || (taken.place === place ? taken.hash : '')
    },
  }
}

/** Whether the page's address names the place, in its fragment if the router keeps it there. */
function isHere(place: string): boolean {
  return place === here() || place === location.hash.slice(1).split('#')[0]
}

/** Path and query of the page's address. */
function here(): string {
  return location.pathname + location.search
}
