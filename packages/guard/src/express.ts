import type { AnyAccess, ScopeOf, ScopeWithoutRule, ScopeWithRule } from '@keyhaven/core/access'
import type { Request, RequestHandler } from 'express'
import { createGate } from './index.ts'
import type { GateOptions, Guard } from './index.ts'
import { authOf, enter, guardRequest, lacking, send } from './node.ts'

export { authOf }

/** Finds the resource that a rule is asked about; nothing found is 404. */
export type Loader = (request: Request) => unknown

/** Express middleware: the gate, with `require` for routes below it. */
export interface ExpressGuard<A extends AnyAccess = AnyAccess> extends RequestHandler {
  readonly require: Require<A>
}

/** A scope with a rule needs a loader for its resource; any other takes none. */
export interface Require<A extends AnyAccess> {
  (scope: ScopeWithoutRule<A>): RequestHandler
  (scope: ScopeWithRule<A>, loader: Loader): RequestHandler
}

/** Stands in front of an Express app and its routers: every route is private unless listed. */
export function expressGuard<A extends AnyAccess>(
  guard: Guard<A>,
  options: GateOptions = {},
): ExpressGuard<A> {
  const gate = createGate(guard, options)
  const middleware: RequestHandler = async (request, response, next) => {
    const { method, originalUrl: url } = request
    const admission = await gate.admit(guardRequest(request, { method, url }))
    if (enter(admission, request, response)) next()
  }
  return Object.assign(middleware, { require: expressRequire(guard) })
}

/** `require` alone, for routes below a gate that stands elsewhere. */
export function expressRequire<A extends AnyAccess>(guard: Guard<A>): Require<A> {
  return (scope: ScopeOf<A>, loader?: Loader): RequestHandler => {
    return async (request, response, next) => {
      const { method, originalUrl: url } = request
      const resource = (): unknown[] | undefined => loader && [loader(request)]
      const asked = guardRequest(request, { method, url })
      const refused = await lacking(guard, asked, { request, scope, resource })
      if (refused) send(response, refused)
      else next()
    }
  }
}
