import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { AnyAccess, ScopeOf, ScopeWithoutRule, ScopeWithRule } from '@keyhaven/core/access'
import { createGate } from './index.ts'
import type { Admission, GateOptions, Guard, GuardRequest, RequireOptions } from './index.ts'
import { checkFunction } from './lib/guard-options.ts'
import { attempt, enter, note, pass } from './lib/adapters/node.ts'
import { readRequire } from './lib/adapters/read-require.ts'
import { guardRequest } from './lib/checks/request.ts'

export { authIfAny, authOf } from './lib/adapters/request-auth.ts'
// For adapters of other frameworks on `node:http`
export { enter, guardRequest, note, pass }

/** A handler behind the guard. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => unknown
/** Loads the resource that a rule is called with; the request gets 404 if it returns none. */
export type Loader = (request: IncomingMessage) => unknown

/** Wraps a `node:http` handler, and requires scopes inside it. */
export interface NodeGuard<A extends AnyAccess = AnyAccess> {
  (handler: Handler): RequestListener
  require(scope: ScopeWithoutRule<A>, handler: Handler): Handler
  require(scope: ScopeWithoutRule<A>, options: RequireOptions, handler: Handler): Handler
  require(scope: ScopeWithRule<A>, loader: Loader, handler: Handler): Handler
  require(
    scope: ScopeWithRule<A>,
    loader: Loader,
    options: RequireOptions,
    handler: Handler,
  ): Handler
  /** For public routes: `authIfAny` returns the sender, if known. Needs no guard in front, and refuses no request. */
  optional(handler: Handler): Handler
}

/** Guards a `node:http` server: every path is private unless listed in `public`. */
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
        const admission = gate.admit(requestOf(request))
        return admission instanceof Promise ? admission.then(go) : go(admission)
      })
    }
  }
  const require = (scope: ScopeOf<A>, ...rest: readonly unknown[]): Handler => {
    const handler = rest.at(-1) as Handler
    const { loader, within } = readRequire<Loader>(guard, scope, rest.slice(0, -1))
    checkFunction('require: the handler, the last argument,', handler)
    return (request, response) => {
      const resource = loader && (() => loader(request))
      const go = (): unknown => handler(request, response)
      const wanted = { guard, scope, resource, within }
      return attempt(guard, response, () =>
        pass(wanted, requestOf(request), { request, response, go }),
      )
    }
  }
  const optional = (handler: Handler): Handler => {
    checkFunction('optional: the handler', handler)
    return (request, response) => {
      const go = (): unknown => handler(request, response)
      return attempt(guard, response, () =>
        note(guard, requestOf(request), { request, response, go }),
      )
    }
  }
  return Object.assign(wrap, { require, optional }) as unknown as NodeGuard<A>
}

function requestOf(request: IncomingMessage): GuardRequest {
  const { method = 'GET', url = '/' } = request
  return guardRequest(request, { method, url })
}
