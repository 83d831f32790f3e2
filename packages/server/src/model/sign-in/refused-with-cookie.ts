import { KeyhavenError } from '@keyhaven/core/errors'
import type { ErrorCode, ErrorDetails } from '@keyhaven/core/errors'
import type { FlowCookie } from './flow-cookie.ts'

/** A refusal after which the browser has another flow cookie, with which it can go on. */
export class RefusedWithCookie extends KeyhavenError {
  readonly cookie: FlowCookie
  /** The cookie of a browser that its account knows from now on. */
  readonly deviceCookie: string | undefined

  constructor(code: ErrorCode, details: ErrorDetails, cookie: FlowCookie, deviceCookie?: string) {
    super(code, details)
    this.cookie = cookie
    this.deviceCookie = deviceCookie
  }
}
