import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AnyAccess, ScopeOf } from '@keyhaven/core/access'
import type { Auth } from '../auth-object.ts'
import type { Guard, Settled } from '../guard.ts'
import type { Admission } from './gate.ts'
import { concealTicket } from './conceal-ticket.ts'
import { knownTo, rememberRequestAuth } from './request-auth.ts'
import { isThenable, logFailure } from './log-failure.ts'
import { endOpenConnection } from './open-connections.ts'
import type { Refusal } from '../checks/refusal.ts'
import type { GuardRequest } from '../checks/request.ts'
import { refusalOf } from '../checks/scope.ts'
import { setCookies } from './set-cookies.ts'

/** Carries out the gate's decision; true if the request goes on to a handler. */
export function enter(
  admission: Admission,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const { headers } = admission
  if (admission.go !== 'in' || admission.guard !== undefined) concealTicket(request, response)
  for (const name in headers) response.setHeader(name, headers[name] as string)
  if (admission.go === 'out') send(response, admission.refused)
  if (admission.go === 'preflight') response.writeHead(204).end()
  if (admission.go !== 'in') return false
  if (admission.guard !== undefined) admit(admission.guard, admission.auth, { request, response })
  if (admission.cookies?.length) setCookies(response, admission.cookies)
  return true
}

/** Writes a refusal as the whole answer. */
export function send(response: ServerResponse, { status, headers, body }: Refusal): void {
  response.writeHead(status, headers).end(JSON.stringify(body))
}

/** The scope that a route requires. */
export interface Wanted<A extends AnyAccess> {
  readonly guard: Guard<A>
  readonly scope: ScopeOf<A>
  /** Loads the resource that the scope's rule is called with; `undefined` if the route has no loader. */
  readonly resource: (() => unknown) | undefined
  /** Seconds that the last proof of identity may be old; any age if `undefined`. */
  readonly within?: number | undefined
}

/** Calls `go`, or sends the refusal. Synchronous unless the guard or the loader must be awaited. */
export function pass<A extends AnyAccess>(
  { guard, scope, resource, within }: Wanted<A>,
  checked: GuardRequest,
  { request, response, go }: NodeExchange,
): unknown {
  concealTicket(request, response)
  const refuse = (refused: Refusal): void => {
    guard.noteRefused(checked, refused)
    send(response, refused)
  }
  const decide = (auth: Auth<A>, found: readonly unknown[]): unknown => {
    const refused = refusalOf(guard, auth, { scope, resource: found, within })
    return refused ? refuse(refused) : go()
  }
  const load = (auth: Auth<A>): unknown => {
    const found = resource?.()
    // Queries of some database libraries are no promises, and run when they are awaited
    return isThenable(found)
      ? Promise.resolve(found).then((one: unknown) => decide(auth, [one]))
      : decide(auth, resource ? [found] : [])
  }
  const settled = (one: Settled<A>): unknown => {
    if (!one.ok) return refuse(one.refused)
    admit(guard, one.auth, { request, response })
    if (one.cookies?.length) setCookies(response, one.cookies)
    return load(one.auth)
  }
  // The request is known if this guard's gate has checked it, with the method that it still has
  const known = knownTo(guard, request) as Auth<A> | undefined
  if (known !== undefined) {
    rememberRequestAuth(request, guard, known)
    return load(known)
  }
  const settling = guard.settle(checked)
  return settling instanceof Promise ? settling.then(settled) : settled(settling)
}

/** Calls `go` for every request, and notes its sender if known. Renews and refuses nothing. */
export function note<A extends AnyAccess>(
  guard: Guard<A>,
  checked: GuardRequest,
  { request, response, go }: NodeExchange,
): unknown {
  concealTicket(request, response)
  const settled = (one: Settled<A>): unknown => {
    admit(guard, one.ok ? one.auth : undefined, { request, response })
    if (one.ok) response.setHeader('Cache-Control', 'private, no-store')
    return go()
  }
  const recognizing = guard.recognize(checked)
  return recognizing instanceof Promise ? recognizing.then(settled) : settled(recognizing)
}

/** Runs a handler, and answers 500 if it throws: on plain `node:http` an error would end the process. */
export function attempt(guard: Guard, response: ServerResponse, work: () => unknown): unknown {
  const fail = (error: unknown): void => {
    logFailure(guard, 'a handler failed', error)
    // A complete answer stays as it is
    if (response.writableEnded) return
    if (response.headersSent) response.destroy()
    else send(response, guard.refuse('internal'))
  }
  try {
    const doing = work()
    return isThenable(doing) ? Promise.resolve(doing).catch(fail) : doing
  } catch (error) {
    return fail(error)
  }
}

/** Notes who sent a request, and ends its response when the token or session is revoked. */
function admit(
  guard: object,
  auth: Auth | undefined,
  { request, response }: Pick<NodeExchange, 'request' | 'response'>,
): void {
  rememberRequestAuth(request, guard, auth)
  if (auth !== undefined) endOpenConnection(response, auth)
}

/** A request of `node:http`, its response, and the handler that comes next. */
export interface NodeExchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly go: () => unknown
}
