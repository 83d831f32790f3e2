import type { IncomingMessage } from 'node:http'
import type { AnyAccess } from '@keyhaven/core/access'
import type { Auth } from './auth.ts'

/** Who sent the requests that were let in: beside them, so that no other library's `req.auth` is met. */
const known = new WeakMap<IncomingMessage, Known>()

interface Known {
  readonly auth: Auth
  /** The method that was checked: what came as GET has shown no proof against forgery. */
  readonly method: string | undefined
}

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
  return known.get(request)?.auth as Auth<A> | undefined
}

/** Notes who sent a request, once that is checked. */
export function remember(request: IncomingMessage, auth: Auth): void {
  known.set(request, { auth, method: request.method })
}

/** Whether it is known who sent this request, checked under the method that it has now. */
export function isKnown(request: IncomingMessage): boolean {
  return known.get(request)?.method === request.method
}
