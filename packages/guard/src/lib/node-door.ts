import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AnyAccess, ScopeOf } from '@keyhaven/core/access'
import type { Auth } from './auth.ts'
import type { Guard, Settled } from './create-guard.ts'
import type { Admission } from './gate.ts'
import { endWithItsCarrier } from './open-responses.ts'
import type { Refusal } from './refusal.ts'
import { headerReader } from './request.ts'
import type { GuardRequest } from './request.ts'
import { refusalOf } from './require.ts'

/** What `node:http` and the frameworks on it share: reading requests, writing decisions. */
const auths = new WeakMap<IncomingMessage, Auth>()

/** Who sent this request. Throws on a public route, where there may be nobody. */
export function authOf<A extends AnyAccess = AnyAccess>(request: IncomingMessage): Auth<A> {
  const auth = auths.get(request)
  if (auth === undefined) {
    throw new TypeError(
      'authOf: nobody is known here. On a public route ask authIfAny(request), or take the route off `public`.',
    )
  }
  return auth as Auth as Auth<A>
}

/** Who sent this request, or `undefined`: for public routes, which show more to whom they know. */
export function authIfAny<A extends AnyAccess = AnyAccess>(
  request: IncomingMessage,
): Auth<A> | undefined {
  return auths.get(request) as Auth as Auth<A> | undefined
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
  if (admission.go !== 'in') return false
  if (admission.auth !== undefined) remember(admission.auth, request, response)
  if (admission.cookies?.length) setCookies(response, admission.cookies)
  return true
}

/** Makes `authOf` answer for a request that has no response: an upgrade. */
export function know(auth: Auth, request: IncomingMessage): void {
  auths.set(request, auth)
}

function remember(auth: Auth, request: IncomingMessage, response: ServerResponse): void {
  know(auth, request)
  endWithItsCarrier(response, auth)
}

/** Writes a refusal as the whole answer. */
export function send(response: ServerResponse, { status, headers, body }: Refusal): void {
  response.writeHead(status, headers).end(JSON.stringify(body))
}

/** A route's own demand. */
export interface Wanted<A extends AnyAccess> {
  readonly guard: Guard<A>
  readonly scope: ScopeOf<A>
  /** Finds what the scope's rule is asked about, in a list of one; nothing where it has no rule. */
  readonly resource: (() => unknown) | undefined
}

/** Lets a request on to `go`, or answers why not. At once, where nothing must be awaited. */
export function pass<A extends AnyAccess>(
  { guard, scope, resource }: Wanted<A>,
  asked: GuardRequest,
  { request, response, go }: Passing,
): unknown {
  const ask = (found: readonly unknown[]): unknown => {
    const refused = refusalOf(guard, authOf<A>(request), { scope, resource: found })
    return refused ? send(response, refused) : go()
  }
  const load = (): unknown => {
    const found = resource?.()
    return found instanceof Promise
      ? found.then((one: unknown) => ask([one]))
      : ask(resource ? [found] : [])
  }
  const settled = (one: Settled<A>): unknown => {
    if (!one.ok) return send(response, one.refused)
    remember(one.auth as Auth, request, response)
    if (one.cookies?.length) setCookies(response, one.cookies)
    return load()
  }
  // Behind the gate somebody is known; without one this is the first to ask
  if (auths.has(request)) return load()
  const asking = guard.settle(asked)
  return asking instanceof Promise ? asking.then(settled) : settled(asking)
}

/** A request on its way to a handler. */
export interface Passing {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly go: () => unknown
}

/** An answer with a new token is nobody else's: no handler's own caching stands against that. */
function setCookies(response: ServerResponse, cookies: readonly string[]): void {
  response.appendHeader('Set-Cookie', cookies)
  const writeHead = response.writeHead.bind(response) as (...given: unknown[]) => ServerResponse
  response.writeHead = (...given: unknown[]) => {
    const headers = given.at(-1)
    if (Array.isArray(headers)) {
      const at = headers.findIndex((name, place) => place % 2 === 0 && isCaching(name))
      if (at >= 0) headers.splice(at, 2)
    } else if (typeof headers === 'object' && headers !== null) {
      for (const name of Object.keys(headers)) {
        if (isCaching(name)) Reflect.deleteProperty(headers, name)
      }
    }
    response.setHeader('Cache-Control', 'private, no-store')
    return writeHead(...given)
  }
}

function isCaching(name: unknown): boolean {
  return typeof name === 'string' && name.toLowerCase() === 'cache-control'
}
