import { BACKGROUND_HEADER, XSRF_HEADER } from '@keyhaven/core/wire'
import type { OriginPolicy } from '../checks/origin.ts'
import { single } from '../checks/request.ts'
import type { GuardRequest } from '../checks/request.ts'

/** Headers of an answer, by name. */
export type AnswerHeaders = Readonly<Record<string, string>>

/** Headers of ours that a page of another origin may read; what is not named stays hidden from it. */
const EXPOSED = ['Retry-After', 'WWW-Authenticate', 'X-Request-Id']

/** Methods that are allowed whichever one a preflight names. */
const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE'

/** The name of a method (RFC 9110 §9.1); nothing else is written into an answer. */
const METHOD = /^[!#$%&'+.^_`|~0-9A-Za-z-]{1,40}$/

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
 * CORS headers of the answer: the exact origin if it is one of ours, else only `Vary`. An allowed page may
 * send any header by any method: the origin is the protection, not the list.
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
      'Access-Control-Max-Age': '600',
      'Access-Control-Allow-Methods': methods(request),
      'Access-Control-Allow-Headers': requestedNames(request) ?? usual,
    }),
  }
}

/** Our list, and the method that was asked for: applications have others, as `QUERY` or those of WebDAV. */
function methods(request: GuardRequest): string {
  const asked = single(request, 'access-control-request-method')
  const isOther =
    typeof asked === 'string' && METHOD.test(asked) && !METHODS.split(', ').includes(asked)
  return isOther ? `${METHODS}, ${asked}` : METHODS
}

function requestedNames(request: GuardRequest): string | undefined {
  const names = single(request, 'access-control-request-headers')
  if (typeof names !== 'string' || names.length > LONGEST) return undefined
  return NAMES.test(names) ? names : undefined
}
