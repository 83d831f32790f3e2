import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { AnyAccess, ScopeOf, ScopeWithoutRule, ScopeWithRule } from '@keyhaven/core/access'
import { createGate, headerReader, refusalOf } from './index.ts'
import type { Admission, Auth, GateOptions, Guard, GuardRequest, Refusal } from './index.ts'

/** A handler behind the guard. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => unknown
/** Finds the resource that a rule is asked about; nothing found is 404. */
export type Loader = (request: IncomingMessage) => unknown

/** Wraps a `node:http` handler, and asks for scopes inside it. */
export interface NodeGuard<A extends AnyAccess = AnyAccess> {
  (handler: Handler): RequestListener
  require(scope: ScopeWithoutRule<A>, handler: Handler): Handler
  require(scope: ScopeWithRule<A>, loader: Loader, handler: Handler): Handler
}

const auths = new WeakMap<IncomingMessage, Auth>()

/** Who sent this request. Throws on a public route, where there may be nobody. */
export function authOf<A extends AnyAccess = AnyAccess>(request: IncomingMessage): Auth<A> {
  const auth = auths.get(request)
  if (auth === undefined) throw new TypeError('authOf: nobody is known here; is the route public?')
  return auth as Auth as Auth<A>
}

/** Stands in front of a `node:http` server: every path is private unless listed. */
export function nodeGuard<A extends AnyAccess>(
  guard: Guard<A>,
  options: GateOptions = {},
): NodeGuard<A> {
  const gate = createGate(guard, options)
  const wrap = (handler: Handler) => async (request: IncomingMessage, response: ServerResponse) => {
    const { method = 'GET', url = '/' } = request
    if (enter(await gate.admit(guardRequest(request, { method, url })), request, response)) {
      await handler(request, response)
    }
  }
  const require = (scope: ScopeOf<A>, ...rest: [Handler] | [Loader, Handler]): Handler => {
    const [loader, handler] = rest.length === 2 ? rest : [undefined, rest[0]]
    return async (request, response) => {
      const { method = 'GET', url = '/' } = request
      const refused = await lacking(guard, guardRequest(request, { method, url }), {
        request,
        scope,
        resource: () => loader && [loader(request)],
      })
      return refused ? send(response, refused) : handler(request, response)
    }
  }
  return Object.assign(wrap, { require }) as unknown as NodeGuard<A>
}

interface Wanted<A extends AnyAccess> {
  readonly request: IncomingMessage
  readonly scope: ScopeOf<A>
  /** Finds what the scope's rule is asked about; `undefined` where it has none. */
  readonly resource: () => readonly unknown[] | undefined
}

/** Why a handler behind `require` must not run. Decides by itself where the gate let nobody in. */
export async function lacking<A extends AnyAccess>(
  guard: Guard<A>,
  asked: GuardRequest,
  { request, scope, resource }: Wanted<A>,
): Promise<Refusal | undefined> {
  if (!auths.has(request)) {
    const settled = await guard.settle(asked)
    if (!settled.ok) return settled.refused
    auths.set(request, settled.auth)
  }
  const found = await Promise.all(resource() ?? [])
  return refusalOf(guard, authOf<A>(request), { scope, resource: found })
}

/** The request as a guard reads it; `url` is the one that the client sent, whatever a router cut off. */
export function guardRequest(
  request: IncomingMessage,
  { method, url }: { readonly method: string; readonly url: string },
): GuardRequest {
  return { method, url, header: headerReader(request) }
}

/** Does what the gate decided; true where the request goes on to a handler. */
export function enter(
  admission: Admission,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  for (const [name, value] of Object.entries(admission.headers)) response.setHeader(name, value)
  if (admission.go === 'out') send(response, admission.refused)
  if (admission.go === 'preflight') response.writeHead(204).end()
  if (admission.go === 'in' && admission.auth !== undefined) auths.set(request, admission.auth)
  return admission.go === 'in'
}

/** Writes a refusal as the whole answer. */
export function send(response: ServerResponse, { status, headers, body }: Refusal): void {
  response.writeHead(status, headers).end(JSON.stringify(body))
}
