import type { ErrorCode } from '@keyhaven/core/errors'
import type { AttemptFacts, Problem, ProblemMember, SessionView } from '@keyhaven/core/wire'

/** Why the browser has used no passkey. No answer of the service has such a code. */
export type PasskeyCode =
  /** The person closed the dialog, or has no passkey for this site in it; or it took too long. */
  | 'passkey_cancelled'
  /** The page has begun another ceremony, or has ended this one. */
  | 'passkey_replaced'
  /** The account has a passkey on this device already. */
  | 'passkey_exists'
  /** The browser or the device can't use passkeys, or not in this way. */
  | 'passkey_unsupported'
  /** The page's address does not belong to the domain of the service's passkeys. */
  | 'passkey_elsewhere'
  /** Another fault of the browser or of the device. */
  | 'passkey_failed'

/** Members of every refusal. */
interface Refusal {
  /** The HTTP status of the answer; 0 if the browser itself has refused. */
  readonly status: number
  /** A sentence for the person. */
  readonly detail: string
  /** With `invalid_request`: sentences by member. */
  readonly errors: readonly ProblemMember[]
}

/** A refusal that a page is expected to show. `unavailable` if the service could not be reached at all. */
export type AuthError = Refusal &
  (
    | { readonly code: Exclude<ErrorCode, 'second_factor_required'> | PasskeyCode }
    /**
     * A sign-in that a second factor completes: one of `factors`, or one of `enrol` that is set up first. `expiresIn` is
     * absent if the refused call was no sign-in.
     */
    | ({ readonly code: 'second_factor_required' } & Pick<AttemptFacts, 'factors'> &
        Partial<AttemptFacts>)
  )

/** The result of an act. Expected refusals are values and are never thrown. */
export type Result<T = unknown> =
  | ({ readonly ok: true } & T)
  | { readonly ok: false; readonly error: AuthError }

/**
 * The reply to a call: the service's own answer, or with status 0 an answer that Keyhaven did not send.
 * `undefined` if there was none.
 */
export type Reply =
  | {
      readonly status: number
      readonly body?: unknown
      /** Seconds of a `Retry-After`. */
      readonly retryAfter?: number
    }
  | undefined

const unreachable = {
  code: 'unavailable',
  status: 503,
  detail: 'The service can’t be reached. Check the connection, then try again.',
}

/** Codes of a refused credential. A wrong password is not among them, as another check would not help. */
const refusal = /^(not_signed|token|session|account)_/

/** The code of a refusal. */
export function codeIn(reply: Reply): string | undefined {
  return (reply?.body as Partial<Problem> | null | undefined)?.code
}

/** The result for a call that was refused or had no answer. */
export function failed(reply: Reply): { readonly ok: false; readonly error: AuthError } {
  const problem = codeIn(reply) ? (reply?.body as Problem) : unreachable
  return { ok: false, error: { errors: [], ...problem } as AuthError }
}

/** The code by which Keyhaven itself refuses a credential: status 401 and one of its codes. */
export function refusalIn(reply: Reply): string | undefined {
  const code = codeIn(reply)
  return reply?.status === 401 && refusal.test(code ?? '') ? code : undefined
}

/** Whether the service refuses the call for good, in contrast to a limit or a failure. */
export function isRefused(reply: Reply): boolean {
  return !!codeIn(reply) && !/429|5../.test(`${reply?.status}`)
}

/** The session view in a reply; `undefined` if the reply has no complete one. */
export function viewIn(reply: Reply): SessionView | undefined {
  const view = reply && reply.status < 202 ? (reply.body as Partial<SessionView> | null) : undefined
  const { expiresIn, renewIn, idleExpiresIn, absoluteExpiresIn = 0 } = view?.session ?? {}
  const times = [expiresIn, renewIn, idleExpiresIn, absoluteExpiresIn]
  const isComplete = view?.xsrfToken && view.account && view.scope
  return isComplete && times.every((time) => Number.isFinite(time) && (time as number) >= 0)
    ? (view as SessionView)
    : undefined
}
