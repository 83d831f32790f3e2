import { KeyhavenError } from '@keyhaven/core/errors'
import type { ErrorCode, ErrorDetails } from '@keyhaven/core/errors'
import type { FlowCookie } from './flow-cookie.ts'

/** The next flow cookie, and the device cookie if the account knows the browser from now on. */
export interface RefusalCookie extends FlowCookie {
  readonly device?: string
}

/** A refusal after which the browser has another flow cookie, with which it can go on. */
export class RefusedWithCookie extends KeyhavenError {
  readonly cookie: RefusalCookie

  constructor(code: ErrorCode, details: ErrorDetails, cookie: RefusalCookie) {
    super(code, details)
    this.cookie = cookie
  }

  /** The same refusal, after which the account knows the browser by this device cookie. */
  knowing(device: string): RefusedWithCookie {
    return new RefusedWithCookie(this.code, this.details, { ...this.cookie, device })
  }
}
