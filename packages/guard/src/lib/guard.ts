import type { AnyAccess } from '@keyhaven/core/access'
import type { ErrorCode, ErrorDetails } from '@keyhaven/core/errors'
import type { AnswerHeaders } from './adapters/cors.ts'
import type { Auth } from './auth-object.ts'
import type { Decision } from './checks/decision.ts'
import type { Refusal } from './checks/refusal.ts'
import type { GuardRequest } from './checks/request.ts'
import type { GuardState } from './guard-state.ts'

/** The part of a guard for the process that runs it. */
export interface OperatedGuard {
  /** Resolves when the keys and, with a feed, the revocations are known; retries until then. */
  ready(): Promise<void>
  state(): GuardState
  /** Writes a line for the people who run the API. */
  log(line: string): void
  /** Ends the feed and the timers. A process that ends need not call it. */
  close(): void
}

/** The check in front of an API. Adapters use only this. */
export interface Guard<A extends AnyAccess = AnyAccess> extends OperatedGuard {
  readonly access: A
  /** Whether answers name the failed check, and the log has hints. */
  readonly development: boolean
  /** Decides at once and never throws; `needs` names what `settle` awaits. */
  decide(request: GuardRequest): Decision<A>
  /**
   * Decides, and awaits a fetch from the issuer or a read of the session if the decision needs it. With
   * `mayRenew` false it renews nothing.
   */
  settle(request: GuardRequest, mayRenew?: boolean): Settled<A> | Promise<Settled<A>>
  /**
   * The sender of a request to a public route. It never waits for the issuer and renews nothing. In the
   * service's own process it may read the session.
   */
  recognize(request: GuardRequest): Settled<A> | Promise<Settled<A>>
  refuse(code: ErrorCode, details?: ErrorDetails): Refusal
  /** Whether the sender's last proof of identity is at most so many seconds old. Without one it is not. */
  isFresh(auth: Pick<Auth, 'claims'>, seconds: number): boolean
  /** Counts a refused request, and logs a sample. Adapters call it with each refusal that they send. */
  noteRefused(request: GuardRequest, refused: Refusal): void
  /** CORS headers for the answer to this request. */
  cors(request: GuardRequest): AnswerHeaders
}

/** The final decision on a request: who sent it, or the refusal to answer. */
export type Settled<A extends AnyAccess = AnyAccess> =
  | {
      readonly ok: true
      readonly auth: Auth<A>
      /** `Set-Cookie` lines for the answer, if the token was renewed. */
      readonly cookies?: readonly string[]
    }
  | { readonly ok: false; readonly refused: Refusal }
