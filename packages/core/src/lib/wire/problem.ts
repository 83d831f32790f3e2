/** Body of every refusal, `application/problem+json` (RFC 9457). */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  /** Stable, from the error catalogue: programs compare this member. */
  readonly code: string
  /** With `invalid_request`: which members, and what to do about each. */
  readonly errors?: readonly ProblemMember[]
  /** With `insufficient_scope`: the scope that was missing. */
  readonly scope?: string
  /** With `step_up_required`: the age in seconds that the proof of identity may have (RFC 9470). */
  readonly max_age?: number
  /**
   * With `invalid_credentials`: no account has this passkey any more, so the browser may forget it
   * (`PublicKeyCredential.signalUnknownCredential`).
   */
  readonly passkey?: 'unknown'
  /** With `second_factor_required` after `transport: "bearer"`: what later calls of this sign-in send. A secret. */
  readonly attempt?: string
  /** With `csrf_failed`: which check failed, and which origin headers were seen. */
  readonly check?: 'origin' | 'token'
  readonly seen?: Readonly<Record<string, string | null>>
  readonly [name: string]: unknown
}

/** One member of a request that is not accepted. `path` is a JSON path without the `$`, such as `profile.city`. */
export interface ProblemMember {
  readonly path: string
  readonly message: string
}
