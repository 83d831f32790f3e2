import type { ErrorCode } from '@keyhaven/core/errors'
import type { Problem, ProblemMember } from '@keyhaven/core/wire'

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

/** The refusal in a reply. */
export function errorOf(reply: Reply): AuthError {
  const problem = reply.by === 'service' ? problemIn(reply.body) : undefined
  if (problem === undefined) return unreachable
  const { code, status, detail, errors = [] } = problem
  return { code: code as ErrorCode, status, detail, errors }
}

/** A problem of Keyhaven's own; anything else (a proxy's page, a portal's) tells nothing. */
export function problemIn(body: unknown): Problem | undefined {
  const problem = body as Partial<Problem> | null | undefined
  return typeof problem?.code === 'string' &&
    typeof problem.type === 'string' &&
    problem.type.startsWith('urn:keyhaven:error:')
    ? (problem as Problem)
    : undefined
}
