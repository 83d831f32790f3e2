import type { AttemptFacts } from '../wire/factor.ts'
import type { Problem, ProblemMember } from '../wire/problem.ts'
import { catalogue } from './catalogue.ts'
import type { ErrorCode } from './catalogue.ts'

/** Members of an error beside its code. They never contain a credential or a part of one. */
export interface ErrorDetails {
  /** Which check failed: for the log, and for the answer in development. */
  readonly reason?: string
  /** Replaces the catalogue's sentence if a better one is known. */
  readonly detail?: string
  /** Replaces the catalogue’s hint, in development. */
  readonly hint?: string
  /** Seconds for `Retry-After`. */
  readonly retryAfter?: number
  readonly errors?: readonly ProblemMember[]
  readonly scope?: string
  /** With `step_up_required`: the age in seconds that the proof of identity may have. */
  readonly maxAge?: number
  /**
   * With `second_factor_required`: which ones the account has, and what may be set up; the factors only if no
   * sign-in was begun.
   */
  readonly attempt?: AttemptFacts | Pick<AttemptFacts, 'factors'>
  /** With `invalid_credentials`: no account has the passkey any more. */
  readonly passkey?: Problem['passkey']
  readonly check?: Problem['check']
  readonly seen?: Problem['seen']
  readonly cause?: unknown
}

/** Most characters of a sentence that is joined from the sentences about members. */
const LONGEST = 300

/** The sentence for a person: the error's own, or those about its members, or the catalogue's. */
export function sentenceOf(code: ErrorCode, { detail, errors }: ErrorDetails): string {
  const ofMembers = errors?.map(({ message }) => message).join(' ') ?? ''
  const isFit = ofMembers !== '' && ofMembers.length <= LONGEST
  return detail ?? (isFit ? ofMembers : catalogue[code].detail)
}

/** The one error class: `code` is stable and from the catalogue, `status` is its HTTP status. */
export class KeyhavenError extends Error {
  override readonly name = 'KeyhavenError'
  readonly code: ErrorCode
  readonly status: number
  readonly details: ErrorDetails

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    super(sentenceOf(code, details), { cause: details.cause })
    this.code = code
    this.status = catalogue[code].status
    this.details = details
  }
}
