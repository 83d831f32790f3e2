import type { IncomingMessage } from 'node:http'
import type { Fault } from './faults.ts'
import type { Target } from './targets.ts'

/** A request that is passed on. */
export interface Passed {
  readonly request: IncomingMessage
  readonly target: Target
  /** Of the server that passes it on. */
  readonly id: string
  /** Reports that it could not be. */
  readonly failed: (fault: Fault) => void
  /** Reports that the target has answered. */
  readonly succeeded: () => void
}
