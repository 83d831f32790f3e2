import type { ErrorCode } from '@keyhaven/core/errors'
import type { KeyCounts } from './api-keys/api-keys.ts'
import type { TokenCounts } from './checks/token-result.ts'

/** The state of a guard, for health checks and metrics. Times are seconds. Members of a feed are `undefined` without one. */
export interface GuardState {
  /** Whether requests can be answered now. */
  readonly fresh: boolean
  /** How far the copy of the revocations may be behind. */
  readonly age: number | undefined
  /** The service's log that the copy follows. */
  readonly log: string | undefined
  /** The number of its newest entry that is applied. */
  readonly seq: number
  /** The number of held revocations. */
  readonly entries: number
  readonly keys: readonly string[]
  /** Tokens checked since the start. */
  readonly checks: Readonly<TokenCounts>
  /** Requests with API keys since the start. */
  readonly apiKeys: KeyCounts
  /** Requests refused since the start, by code. */
  readonly refusals: Readonly<Partial<Record<ErrorCode, number>>>
  /** The service's clock minus this machine's. */
  readonly clockOffset: number | undefined
  /** Connections to the feed that failed or broke since the start. */
  readonly failures: number
  /** Why the issuer can’t be reached; `undefined` while it can. */
  readonly problem: string | undefined
}
