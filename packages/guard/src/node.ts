import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { AnyAccess, ScopeOf, ScopeWithoutRule, ScopeWithRule } from '@keyhaven/core/access'
import { createGate } from './index.ts'
import type { Admission, GateOptions, Guard, GuardRequest } from './index.ts'
import { checkFunction } from './lib/guard-options.ts'
import { attempt, enter, note, pass } from './lib/adapters/node.ts'
import { guardRequest } from './lib/checks/request.ts'
import { checkWanted, warnWithoutLoader } from './lib/checks/scope.ts'

export { authIfAny, authOf } from './lib/adapters/request-auth.ts'
// For adapters of other frameworks on `node:http`
export { enter, guardRequest, note, pass }

/** A handler behind the guard. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => unknown
/** Finds the resource that a rule is asked about; nothing found is 404. */
export type Loader = (request: IncomingMessage) => unknown

/** Wraps a `node:http` handler, and asks for scopes inside it. */
export interface NodeGuard<A extends AnyAccess = AnyAccess> {
  (handler: Handler): RequestListener
  require(scope: ScopeWithoutRule<A>, handler: Handler): Handler
  require(scope: ScopeWithRule<A>, loader: Loader, handler: Handler): Handler
  /** For whoever comes: `authIfAny` tells who it is. Needs no guard in front, and refuses nobody. */
  optional(handler: Handler): Handler
}

/** Stands in front of a `node:http` server: every path is private unless listed. */
export function nodeGuard<A extends AnyAccess>(
  guard: Guard<A>,
  options: GateOptions = {},
): NodeGuard<A> {
  const gate = createGate(guard, options, 'nodeGuard')
  const wrap = (handler: Handler): RequestListener => {
    checkFunction('nodeGuard: the handler', handler)
    return (request, response) => {
      const go = (admission: Admission): unknown =>
        enter(admission, request, response) && handler(request, response)
      return attempt(guard, response, () => {
        const admission = gate.admit(asked(request))
        return admission instanceof Promise ? admission.then(go) : go(admission)
      })
    }
  }
  const require = (scope: ScopeOf<A>, ...rest: [Handler] | [Loader, Handler]): Handler => {
    const [loader, handler] = rest.length === 2 ? rest : [undefined, rest[0]]
    checkWanted(guard, scope)
    if (loader === undefined) warnWithoutLoader(guard, scope)
    else checkFunction('require: the loader', loader)
    checkFunction('require: the handler', handler)
    return (request, response) => {
      const resource = loader && (() => loader(request))
      const go = (): unknown => handler(request, response)
      const wanted = { guard, scope, resource }
      return attempt(guard, response, () => pass(wanted, asked(request), { request, response, go }))
    }
  }
  const optional = (handler: Handler): Handler => {
    checkFunction('optional: the handler', handler)
    return (request, response) => {
      const go = (): unknown => handler(request, response)
      return attempt(guard, response, () => note(guard, asked(request), { request, response, go }))
    }
  }
  return Object.assign(wrap, { require, optional }) as unknown as NodeGuard<A>
}

function asked(request: IncomingMessage): GuardRequest {
  const { method = 'GET', url = '/' } = request
  return guardRequest(request, { method, url })
}
