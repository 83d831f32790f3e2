import { catalogue, KeyhavenError, problemOf } from '@keyhaven/core/errors'
import type { Answer } from './endpoint.ts'
import type { Site } from './site.ts'

/** An endpoint's answer as a response. */
export function respond(answer: Answer, site: Site): Response {
  const { status, body, stream, cookies = [], headers = {} } = answer
  const all = new Headers({ ...standingHeaders(site), ...headers })
  for (const cookie of cookies) all.append('set-cookie', cookie)
  if (body === undefined) return new Response(stream ?? null, { status, headers: all })
  if (!all.has('content-type')) all.set('content-type', 'application/json; charset=utf-8')
  return new Response(JSON.stringify(body), { status, headers: all })
}

/** A refusal as problem+json (RFC 9457); whatever is no refusal is `internal`. */
export function refuse(error: unknown, site: Site, credentialed: boolean): Response {
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

/** RFC 6750 §3: no error parameter where no credential came; never Basic, which would open a dialog. */
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

function standingHeaders(site: Site): Record<string, string> {
  return {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy': "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'same-origin',
    vary: 'Origin, Sec-Fetch-Site',
    ...(site.secure && { 'strict-transport-security': 'max-age=31536000; includeSubDomains' }),
  }
}
