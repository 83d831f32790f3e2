import { flowCookie, flowCookiesOf } from '../cookies/cookies.ts'
import type { FlowCookie } from '../../model/sign-in/flow-cookie.ts'
import type { Answer, Call } from '../endpoint.ts'

type Where = Pick<Call, 'site' | 'request'>

/** The members that every request for a mail has in common. */
export function requestOf({
  site,
  request,
  body,
}: Where & { readonly body: { readonly email: string } }): {
  readonly email: string
  readonly flowCookies: readonly string[]
} {
  return {
    email: body.email,
    flowCookies: flowCookiesOf(site, request),
  }
}

/** 202 with the cookie of the browser's attempt, whether a mail is sent or not. */
export function mailed({ site }: Pick<Call, 'site'>, cookie: FlowCookie): Answer {
  return { status: 202, body: {}, cookies: [flowCookie(site, cookie)] }
}

/** An answer after which the browser's flow cookie is another one, or cleared. */
export function completed(
  { site }: Pick<Call, 'site'>,
  answer: Answer,
  attempt: { readonly cookie: FlowCookie | undefined } | undefined,
): Answer {
  if (attempt === undefined) return answer
  return { ...answer, cookies: [...(answer.cookies ?? []), flowCookie(site, attempt.cookie)] }
}
