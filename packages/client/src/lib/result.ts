import type { ErrorCode } from '@keyhaven/core/errors'
import type { Problem, ProblemMember, SessionView } from '@keyhaven/core/wire'

/** A refusal that a page is expected to show. */
export interface AuthError {
  /** `unavailable` where the service could not be reached at all. */
  readonly code: ErrorCode
  readonly status: number
  /** A sentence for the person. */
  readonly detail: string
  /** With `invalid_request`: sentences by member. */
  readonly errors: readonly ProblemMember[]
}

/** What an action came to. Expected refusals are values; nothing is thrown for them. */
export type Result<T = unknown> =
  | ({ readonly ok: true } & T)
  | { readonly ok: false; readonly error: AuthError }

/** The service's own answer to a call; `undefined` where none came, or somebody else answered. */
export type Reply = { readonly status: number; readonly body?: unknown } | undefined

const unreachable = {
  code: 'unavailable',
  status: 503,
  detail: 'The service can’t be reached. Check the connection, then try again.',
}

/** Codes of a refused credential. A wrong password is none of them: asking again heals nothing. */
const refusal = /^(not_signed|token|session|account|step)_/

/** A refused action. */
export function failed(reply: Reply): { readonly ok: false; readonly error: AuthError } {
  const problem = reply?.body as Problem | undefined
  return {
    ok: false,
    error: { errors: [], ...(problem?.code ? problem : unreachable) } as AuthError,
  }
}

/** The code by which Keyhaven itself says that a credential is no longer good: status 401 and a code of ours. */
export function refusalIn(reply: Reply): string | undefined {
  const { code } = (reply?.status === 401 && (reply.body as Partial<Problem> | null)) || {}
  return refusal.test(code ?? '') ? code : undefined
}

/** The session view in a reply, if that is what it holds; anything else tells nothing. */
export function viewIn(reply: Reply): SessionView | undefined {
  const view = reply && reply.status < 202 ? (reply.body as Partial<SessionView> | null) : undefined
  return view?.xsrfToken && view.account && view.session && view.scope
    ? (view as SessionView)
    : undefined
}
