import type { IncomingHttpHeaders } from 'node:http'

/** One `Set-Cookie` of an answer. */
export interface SetCookie {
  readonly name: string
  readonly value: string
  /** Everything behind the value, as it came: `Path=/; HttpOnly`. */
  readonly attributes: string
  /** The browser forgets this cookie. */
  readonly isRemoved: boolean
  /** The whole line. */
  readonly line: string
}

/** An answer of `fetch`, or one of Node's own client. */
export type Answer =
  | Pick<Response, 'headers'>
  | { readonly headers: Pick<IncomingHttpHeaders, 'set-cookie'> }

/** The cookies that an answer sets, in its order. */
export function setCookies({ headers }: Answer): readonly SetCookie[] {
  const lines = headers instanceof Headers ? headers.getSetCookie() : (headers['set-cookie'] ?? [])
  return lines.map((line) => {
    const [, name = '', value = '', attributes = ''] =
      /^([^=;]*)=([^;]*)(?:; ?(.*))?$/.exec(line) ?? []
    return { name, value, attributes, isRemoved: /Max-Age=0(;|$)/.test(attributes), line }
  })
}

/** The `Cookie` header that a browser without other cookies sends after such an answer. */
export function cookieAfter(answer: Answer): string {
  const kept = setCookies(answer).filter(({ isRemoved }) => !isRemoved)
  return kept.map(({ name, value }) => `${name}=${value}`).join('; ')
}
