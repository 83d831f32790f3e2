import { BACKGROUND_HEADER, XSRF_HEADER } from '@keyhaven/core/wire'
import type { OriginPolicy } from './origin.ts'
import { single } from './request.ts'
import type { GuardRequest } from './request.ts'

/** Headers of an answer, by name. */
export type AnswerHeaders = Readonly<Record<string, string>>

/** Headers of ours that a page of another origin may read; what is not named stays hidden from it. */
const EXPOSED = ['Retry-After', 'WWW-Authenticate', 'X-Request-Id']

const preflightHeaders: AnswerHeaders = {
  'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
  'Access-Control-Max-Age': '600',
}

/** Request headers that are allowed if a preflight names none that can be read. */
const usual = `Content-Type, Authorization, ${XSRF_HEADER}, ${BACKGROUND_HEADER}`

/** Names separated by commas (RFC 9110 §5.6.1); nothing else is written into an answer. */
const NAMES = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:[ \t]*,[ \t]*[!#$%&'*+.^_`|~0-9A-Za-z-]+)*$/

/** Characters of names that are repeated at most. */
const LONGEST = 2048

/** Whether a browser asks in advance (Fetch standard, CORS-preflight request). */
export function isPreflight(request: GuardRequest): boolean {
  return (
    request.method === 'OPTIONS' &&
    typeof single(request, 'origin') === 'string' &&
    typeof single(request, 'access-control-request-method') === 'string'
  )
}

/** What an answer to no page of another origin has. */
const plain: AnswerHeaders = { Vary: 'Origin' }

/** The value of `Access-Control-Expose-Headers`: ours and these. */
export function exposed(more: readonly string[] = []): string {
  return [...EXPOSED, ...more].join(', ')
}

const usuallyExposed = exposed()

/**
 * CORS headers of the answer: the exact origin if it is one of ours, else `Vary` alone. An allowed page may
 * send any header: the origin is the protection, not the list.
 */
export function corsHeaders(
  request: GuardRequest,
  { own }: OriginPolicy,
  expose: string = usuallyExposed,
): AnswerHeaders {
  const origin = single(request, 'origin')
  if (typeof origin !== 'string' || !own.includes(origin)) return plain
  return {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Expose-Headers': expose,
    Vary: 'Origin',
    ...(isPreflight(request) && {
      ...preflightHeaders,
      'Access-Control-Allow-Headers': requestedNames(request) ?? usual,
    }),
  }
}

function requestedNames(request: GuardRequest): string | undefined {
  const names = single(request, 'access-control-request-headers')
  if (typeof names !== 'string' || names.length > LONGEST) return undefined
  return NAMES.test(names) ? names : undefined
}
