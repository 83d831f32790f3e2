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

/** What a call to the service came to: an answer of its own, or none. */
export type Reply =
  | { readonly by: 'service'; readonly status: number; readonly body: unknown }
  | { readonly by: 'nobody' }

const unreachable: AuthError = {
  code: 'unavailable',
  status: 503,
  detail: 'The service can’t be reached. Check the connection, then try again.',
  errors: [],
}

/** With these a credential is refused. A wrong password is none of them: asking again heals nothing. */
const refusal =
  /^(not_signed_in|token_invalid|token_expired|session_ended|account_locked|step_up_required)$/

/** The refusal in a reply, as a page shows it. */
export function errorOf(reply: Reply): AuthError {
  const problem = reply.by === 'service' ? problemIn(reply.body) : undefined
  if (problem === undefined) return unreachable
  const { code, status, detail, errors = [] } = problem
  return { code: code as ErrorCode, status, detail, errors }
}

/** Whether this is Keyhaven's own word that a credential is no longer good: status 401 and a code of ours. */
export function isRefusal(status: number, body: unknown): boolean {
  return status === 401 && refusal.test(problemIn(body)?.code ?? '')
}

/** The session view in a reply, if that is what it holds; anything else tells nothing. */
export function viewIn(reply: Reply): SessionView | undefined {
  if (reply.by === 'nobody' || reply.status > 201) return undefined
  const view = reply.body as Partial<SessionView> | null
  return view?.xsrfToken && view.account && view.session && view.scope
    ? (view as SessionView)
    : undefined
}

function problemIn(body: unknown): Problem | undefined {
  const problem = body as Partial<Problem> | null | undefined
  return typeof problem?.code === 'string' ? (problem as Problem) : undefined
}
