import * as z from 'zod'
import { flowCookie, flowCookiesOf } from '../cookies/cookies.ts'
import type { FlowCookie } from '../../model/sign-in/flow-cookie.ts'
import { shape } from './shape.ts'
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

/** What an app goes on with, instead of a flow cookie. */
export const attemptAnswer = shape(() =>
  z.strictObject({ attempt: z.string().optional(), expiresIn: z.int().optional() }),
)

/** 202 with the cookie of the browser's attempt, whether a mail is sent or not; to an app with its value. */
export function mailed(
  { site, isBearer }: Pick<Call, 'site' | 'isBearer'>,
  cookie: FlowCookie,
): Answer {
  if (isBearer) return { status: 202, body: { attempt: cookie.value, expiresIn: cookie.maxAge } }
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
