import { KeyhavenError } from '@keyhaven/core/errors'
import type { RefusedWithCookie } from './refused-with-cookie.ts'

/** The same refusal to an app, which gets no cookie: it goes on with this value. */
export class RefusedWithAttempt extends KeyhavenError {
  readonly attempt: string

  constructor({ code, details, cookie }: RefusedWithCookie) {
    super(code, details)
    this.attempt = cookie.value
  }
}
