import { KeyhavenError } from '@keyhaven/core/errors'
import type { ErrorCode, ErrorDetails } from '@keyhaven/core/errors'
import type { FlowCookie } from './flow-cookie.ts'

/** A refusal after which the browser has another flow cookie, with which it can go on. */
export class RefusedWithCookie extends KeyhavenError {
  readonly cookie: FlowCookie

  constructor(code: ErrorCode, details: ErrorDetails, cookie: FlowCookie) {
    super(code, details)
    this.cookie = cookie
  }
}
