import type { IncomingMessage } from 'node:http'
import type { AnyAccess } from '@keyhaven/core/access'
import type { Auth } from './auth.ts'

/** Where it is noted who sent a request: a name that no other library can meet. */
const known: unique symbol = Symbol('keyhaven.known')

interface Known {
  readonly auth: Auth
  /** The method that was checked: what came as GET has shown no proof against forgery. */
  readonly method: string | undefined
}

type Noted = IncomingMessage & { [known]?: Known }

/** Who sent this request. Throws on a public route, where there may be nobody. */
export function authOf<A extends AnyAccess = AnyAccess>(request: IncomingMessage): Auth<A> {
  const auth = authIfAny<A>(request)
  if (auth !== undefined) return auth
  throw new TypeError(
    'authOf: nobody is known here. On a public route ask authIfAny(request), or take the route off `public`.',
  )
}

/** Who sent this request, or `undefined`: for public routes, which show more to whom they know. */
export function authIfAny<A extends AnyAccess = AnyAccess>(
  request: IncomingMessage,
): Auth<A> | undefined {
  return (request as Noted)[known]?.auth as Auth<A> | undefined
}

/** Notes who sent a request, once that is checked. */
export function remember(request: IncomingMessage, auth: Auth): void {
  ;(request as Noted)[known] = { auth, method: request.method }
}

/** Whether it is known who sent this request, checked under the method that it has now. */
export function isKnown(request: IncomingMessage): boolean {
  return (request as Noted)[known]?.method === request.method
}
