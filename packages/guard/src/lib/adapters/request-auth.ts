import type { IncomingMessage } from 'node:http'
import type { AnyAccess } from '@keyhaven/core/access'
import type { Auth } from '../auth-object.ts'

/** The property of a request that stores the decisions of guards. No other library can use this name. */
const known: unique symbol = Symbol('keyhaven.known')

/** The decision of one guard on a request; the newest first. */
interface Note {
  /** The guard itself: no other guard may use its decision. */
  readonly guard: object
  /** `undefined` if the guard admitted the request without knowing its sender. */
  readonly auth: Auth | undefined
  /** The method that was checked: a request that was a GET had no check against forgery. */
  readonly method: string | undefined
  readonly before: Note | undefined
}

type Noted = IncomingMessage & { [known]?: Note | undefined }

/**
 * Who sent this request, by the guard that admitted it last.
 * @throws TypeError on a public route whose guard does not know the sender.
 */
export function authOf<A extends AnyAccess = AnyAccess>(request: IncomingMessage): Auth<A> {
  const auth = authIfAny<A>(request)
  if (auth !== undefined) return auth
  throw new TypeError(
    'authOf: the sender is not known here. On a public route call authIfAny(request), or take the route off `public`.',
  )
}

/** Who sent this request, by the guard that admitted it last; `undefined` if that guard does not know the sender. */
export function authIfAny<A extends AnyAccess = AnyAccess>(
  request: IncomingMessage,
): Auth<A> | undefined {
  return (request as Noted)[known]?.auth as Auth<A> | undefined
}

/** Notes that this guard admits a request, and who sent it. */
export function rememberRequestAuth(
  request: IncomingMessage,
  guard: object,
  auth: Auth | undefined,
): void {
  const noted = request as Noted
  const newest = noted[known]
  const isNoted = newest?.guard === guard && newest.method === request.method
  if (isNoted && newest.auth === auth) return
  noted[known] = { guard, auth, method: request.method, before: without(newest, guard) }
}

/** Who sent this request, if this guard checked it with the method that it has now. */
export function knownTo(guard: object, request: IncomingMessage): Auth | undefined {
  let note = (request as Noted)[known]
  while (note !== undefined && note.guard !== guard) note = note.before
  return note?.method === request.method ? note?.auth : undefined
}

function without(note: Note | undefined, guard: object): Note | undefined {
  if (note === undefined) return undefined
  if (note.guard === guard) return note.before
  const before = without(note.before, guard)
  return before === note.before ? note : { ...note, before }
}
