/** The cookie that names a browser in an attempt, and the seconds for which it is kept. */
export interface FlowCookie {
  readonly value: string
  readonly maxAge: number
}
