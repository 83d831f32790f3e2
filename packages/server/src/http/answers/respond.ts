import { catalogue, KeyhavenError, problemOf } from '@keyhaven/core/errors'
import { refusalHeaders } from '@keyhaven/guard/kit'
import { RefusedWithAttempt } from '../../model/sign-in/refused-with-attempt.ts'
import { RefusedWithCookie } from '../../model/sign-in/refused-with-cookie.ts'
import { deviceCookie, flowCookie } from '../cookies/cookies.ts'
import type { Answer } from '../endpoint.ts'
import type { Reply } from '../service-request.ts'
import type { Site } from '../site.ts'

/** Makes a host-independent reply of an endpoint's answer. */
export function respond(answer: Answer, site: Site): Reply {
  const { status, body, text, bytes, stream, cookies = [], headers } = answer
  return {
    status,
    headers: {
      ...site.standingHeaders,
      ...(body !== undefined && json),
      ...headers,
      ...(cookies.length > 0 && { 'set-cookie': cookies }),
    },
    body: body === undefined ? text : JSON.stringify(body),
    bytes,
    stream,
  }
}

const json = { 'content-type': 'application/json; charset=utf-8' }

/**
 * A refusal as problem+json (RFC 9457); an error that is not a KeyhavenError becomes `internal`.
 * `judged` is whether the call judges a credential, which its challenge then describes.
 */
export function refuse(error: unknown, site: Site, judged: boolean): Reply {
  const { code, details } = error instanceof KeyhavenError ? error : new KeyhavenError('internal')
  const headers = {
    'content-type': 'application/problem+json; charset=utf-8',
    ...refusalHeaders(code, details, judged),
  }
  const problem = problemOf(code, details, site.development)
  const body =
    error instanceof RefusedWithAttempt ? { ...problem, attempt: error.attempt } : problem
  const cookies = error instanceof RefusedWithCookie ? cookiesOf(error, site) : []
  return respond({ status: catalogue[code].status, body, headers, cookies }, site)
}

function cookiesOf({ cookie }: RefusedWithCookie, site: Site): string[] {
  return [
    flowCookie(site, cookie),
    ...(cookie.device === undefined ? [] : [deviceCookie(site, cookie.device)]),
  ]
}
