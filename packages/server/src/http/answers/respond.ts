import { catalogue, KeyhavenError, problemOf } from '@keyhaven/core/errors'
import type { Answer } from '../endpoint.ts'
import type { Reply } from '../service-request.ts'
import type { Site } from '../site.ts'

/** Makes a host-independent reply of an endpoint's answer. */
export function respond(answer: Answer, site: Site): Reply {
  const { status, body, text, stream, cookies = [], headers } = answer
  return {
    status,
    headers: {
      ...site.standingHeaders,
      ...(body !== undefined && json),
      ...headers,
      ...(cookies.length > 0 && { 'set-cookie': cookies }),
    },
    body: body === undefined ? text : JSON.stringify(body),
    stream,
  }
}

const json = { 'content-type': 'application/json; charset=utf-8' }

/**
 * A refusal as problem+json (RFC 9457); an error that is not a KeyhavenError becomes `internal`.
 */
export function refuse(error: unknown, site: Site, credentialed: boolean): Reply {
  const known = error instanceof KeyhavenError ? error : new KeyhavenError('internal')
  const { status } = catalogue[known.code]
  const headers: Record<string, string> = {
    'content-type': 'application/problem+json; charset=utf-8',
  }
  if (status === 401 || status === 403) {
    const challenge = challengeOf(known, credentialed)
    if (challenge !== undefined) headers['www-authenticate'] = challenge
  }
  if (status === 429 || status === 503) {
    headers['retry-after'] = String(known.details.retryAfter ?? 1)
  }
  const body = problemOf(known.code, known.details, site.development)
  return respond({ status, body, headers }, site)
}

/**
 * RFC 6750 §3: no error parameter if the request had no credential; never Basic, which would open a
 * dialog.
 */
function challengeOf({ code, details }: KeyhavenError, credentialed: boolean): string | undefined {
  if (code === 'insufficient_scope') {
    return `Bearer error="insufficient_scope", scope="${details.scope ?? ''}"`
  }
  if (catalogue[code].status !== 401) return undefined
  const isToken = ['token_invalid', 'token_expired', 'session_ended', 'account_locked'].includes(
    code,
  )
  return credentialed && isToken ? 'Bearer error="invalid_token"' : 'Bearer'
}
