import type { AnyAccess, ScopeOf, ScopeWithoutRule, ScopeWithRule } from '@keyhaven/core/access'
import type { NextFunction, Request, RequestHandler } from 'express'
import { createGate } from './index.ts'
import type { Admission, GateOptions, Guard, GuardRequest, RequireOptions } from './index.ts'
import { createMountWatch } from './lib/adapters/mount-watch.ts'
import { readRequire } from './lib/adapters/read-require.ts'
import { enter, guardRequest, note, pass } from './node.ts'

export { authIfAny, authOf } from './node.ts'

/** Loads the resource that a rule is called with; the request gets 404 if it returns none. */
export type Loader = (request: Request) => unknown

/** Express middleware: the gate, with `require` for routes below it. */
export interface ExpressGuard<A extends AnyAccess = AnyAccess> extends RequestHandler {
  readonly require: Require<A>
  /** For public routes: `authIfAny` returns the sender, if known. Needs no gate above, and refuses no request. */
  readonly optional: RequestHandler
}

/** A scope with a rule needs a loader for its resource; any other has none. Options come last. */
export interface Require<A extends AnyAccess> {
  (scope: ScopeWithoutRule<A>, options?: RequireOptions): RequestHandler
  (scope: ScopeWithRule<A>, loader: Loader, options?: RequireOptions): RequestHandler
}

/** Guards an Express app (4 or 5) and its routers: every route is private unless listed in `public`. */
export function expressGuard<A extends AnyAccess>(
  guard: Guard<A>,
  options: GateOptions = {},
): ExpressGuard<A> {
  const gate = createGate(guard, options, 'expressGuard')
  const watch = createMountWatch(guard, options)
  const middleware: RequestHandler = (request, response, next) => {
    const go = (admission: Admission): void => {
      if (enter(admission, request, response)) next()
    }
    watch(request.baseUrl)
    const admission = gate.admit(requestOf(request))
    passErrors(admission instanceof Promise ? admission.then(go) : go(admission), next)
  }
  const optional: RequestHandler = (request, response, next) =>
    passErrors(note(guard, requestOf(request), { request, response, go: () => next() }), next)
  return Object.assign(middleware, { require: expressRequire(guard), optional })
}

/**
 * Makes `require` without a gate, for routes below a gate that was created elsewhere. It throws a TypeError for a
 * scope that is not declared and for wrong options, when the route is made.
 */
export function expressRequire<A extends AnyAccess>(guard: Guard<A>): Require<A> {
  return (scope: ScopeOf<A>, ...rest: readonly unknown[]): RequestHandler => {
    const { loader, within } = readRequire<Loader>(guard, scope, rest)
    return (request, response, next) => {
      const resource = loader && (() => loader(request))
      const exchange = { request, response, go: () => next() }
      passErrors(pass({ guard, scope, resource, within }, requestOf(request), exchange), next)
    }
  }
}

/** Passes the error of a failing loader to Express, which Express 4 does not do itself. */
function passErrors(doing: unknown, fail: NextFunction): void {
  if (doing instanceof Promise) doing.catch(fail)
}

function requestOf(request: Request): GuardRequest {
  return guardRequest(request, { method: request.method, url: request.originalUrl })
}
