import { KeyhavenError } from '@keyhaven/core/errors'
import type { ErrorCode, ErrorDetails } from '@keyhaven/core/errors'
import type { FlowCookie } from './flow-cookie.ts'

/** The next flow cookie, and the device cookie of a browser that its account knows from now on. */
export interface RefusalCookie extends FlowCookie {
  readonly device?: string | undefined
}

/** A refusal after which the browser has another flow cookie, with which it can go on. */
export class RefusedWithCookie extends KeyhavenError {
  readonly cookie: RefusalCookie

  constructor(code: ErrorCode, details: ErrorDetails, cookie: RefusalCookie) {
    super(code, details)
    this.cookie = cookie
  }
}
