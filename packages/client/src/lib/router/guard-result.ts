import type { AnyAccess, ClaimsModule } from '@keyhaven/core/access'
import type { Auth } from '../auth.ts'
import { guardRoute } from './guard-route.ts'
import type { ScopeGuard } from './guard-route.ts'

/** The requested place, and what the router shows instead of it. */
export interface GuardedPlace<T> {
  /** The address. */
  readonly at: string
  /** What is guarded, such as a route: it may stay shown at other places without another call of the guard. */
  readonly owner: object
  readonly signIn: (returnTo: string) => T
  /** Lets the router look at the place again, as its person is gone. */
  readonly again: () => void
}

class Turn<T> {
  readonly to: T
  constructor(to: T) {
    this.to = to
  }
}

/**
 * `guardRoute` for a router whose guards return: `true`, or the value of `signIn` or `refused`. When another person
 * follows the one that it admitted, it reloads the page, as components would keep the former person's data.
 */
export async function guardResult<A extends AnyAccess, C extends ClaimsModule, T>(
  auth: Auth<A, C>,
  { at, owner, signIn, again }: GuardedPlace<T>,
  needs?: ScopeGuard<A>,
): Promise<T | true> {
  let admitted: string | undefined
  const lookAgain = (): void => {
    const { account } = auth.state
    if (admitted !== undefined && account && account.id !== admitted) location.reload()
    else again()
  }
  const refused = (): unknown => new Turn(needs?.refused())
  try {
    const toSignIn = (returnTo: string): unknown => new Turn(signIn(returnTo))
    const guard = { at, owner, again: lookAgain, signIn: toSignIn }
    const { account } = await guardRoute(auth, guard, needs && { ...needs, refused })
    admitted = account?.id
    return true
  } catch (thrown) {
    if (thrown instanceof Turn) return (thrown as Turn<T>).to
    throw thrown
  }
}
