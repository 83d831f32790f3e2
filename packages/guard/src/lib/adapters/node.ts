import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AnyAccess, ScopeOf } from '@keyhaven/core/access'
import type { Auth } from '../auth-object.ts'
import type { Guard, Settled } from '../create-guard.ts'
import type { Admission } from './gate.ts'
import { knownTo, rememberRequestAuth } from './request-auth.ts'
import { isThenable, logFailure } from './log-failure.ts'
import { endOpenConnection } from './open-connections.ts'
import type { Refusal } from '../checks/refusal.ts'
import type { GuardRequest } from '../checks/request.ts'
import { refusalOf } from '../checks/scope.ts'
import { setCookies } from './set-cookies.ts'

/** Does what the gate decided; true where the request goes on to a handler. */
export function enter(
  admission: Admission,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const { headers } = admission
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
  const refuse = (refused: Refusal): void => {
    guard.noteRefused(asked, refused)
    send(response, refused)
  }
  const ask = (auth: Auth<A>, found: readonly unknown[]): unknown => {
    const refused = refusalOf(guard, auth, { scope, resource: found })
    return refused ? refuse(refused) : go()
  }
  const load = (auth: Auth<A>): unknown => {
    const found = resource?.()
    // Queries of some database libraries are no promises, and run when they are awaited
    return isThenable(found)
      ? Promise.resolve(found).then((one: unknown) => ask(auth, [one]))
      : ask(auth, resource ? [found] : [])
  }
  const settled = (one: Settled<A>): unknown => {
    if (!one.ok) return refuse(one.refused)
    admit(guard, one.auth, { request, response })
    if (one.cookies?.length) setCookies(response, one.cookies)
    return load(one.auth)
  }
  // This guard's gate has checked the request; without one, or under another method, it is checked here
  const known = knownTo(guard, request) as Auth<A> | undefined
  if (known !== undefined) {
    rememberRequestAuth(request, guard, known)
    return load(known)
  }
  const asking = guard.settle(asked)
  return asking instanceof Promise ? asking.then(settled) : settled(asking)
}

/** Lets every request on to `go`, and notes who sent it if that shows; renews and refuses nothing. */
export function note<A extends AnyAccess>(
  guard: Guard<A>,
  asked: GuardRequest,
  { request, response, go }: Passing,
): unknown {
  const settled = (one: Settled<A>): unknown => {
    admit(guard, one.ok ? one.auth : undefined, { request, response })
    if (one.ok) response.setHeader('Cache-Control', 'private, no-store')
    return go()
  }
  const asking = guard.recognize(asked)
  return asking instanceof Promise ? asking.then(settled) : settled(asking)
}

/** Runs a handler where nothing around it would: what it throws is 500, and ends no process. */
export function attempt(guard: Guard, response: ServerResponse, work: () => unknown): unknown {
  const fail = (error: unknown): void => {
    logFailure(guard, 'a handler failed', error)
    // What was answered whole stands
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

/** Notes who sent a request; what answers it ends when what carries it dies. */
function admit(
  guard: object,
  auth: Auth | undefined,
  { request, response }: Pick<Passing, 'request' | 'response'>,
): void {
  rememberRequestAuth(request, guard, auth)
  if (auth !== undefined) endOpenConnection(response, auth)
}

/** A request on its way to a handler. */
export interface Passing {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly go: () => unknown
}
