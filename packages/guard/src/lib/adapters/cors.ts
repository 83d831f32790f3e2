import { BACKGROUND_HEADER, XSRF_HEADER } from '@keyhaven/core/wire'
import type { OriginPolicy } from '../checks/origin.ts'
import { single } from '../checks/request.ts'
import type { GuardRequest } from '../checks/request.ts'

/** Headers of an answer, by name. */
export type AnswerHeaders = Readonly<Record<string, string>>

/** Response headers that a page of another origin may read; browsers hide all others from it. */
const EXPOSED = ['Retry-After', 'WWW-Authenticate', 'X-Request-Id']

/** Methods that every preflight's answer allows. */
const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE'

/** The name of a method (RFC 9110 §9.1): only such text is written into an answer. */
const METHOD = /^[!#$%&'+.^_`|~0-9A-Za-z-]{1,40}$/

/** Request headers that are allowed if a preflight names none in a valid form. */
const usual = `Content-Type, Authorization, ${XSRF_HEADER}, ${BACKGROUND_HEADER}`

/** Names separated by commas (RFC 9110 §5.6.1): only such text is written into an answer. */
const NAMES = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:[ \t]*,[ \t]*[!#$%&'*+.^_`|~0-9A-Za-z-]+)*$/

/** Most characters of requested names that an answer repeats. */
const LONGEST = 2048

/** Whether a request is a browser's preflight (Fetch standard, CORS-preflight request). */
export function isPreflight(request: GuardRequest): boolean {
  return (
    request.method === 'OPTIONS' &&
    typeof single(request, 'origin') === 'string' &&
    typeof single(request, 'access-control-request-method') === 'string'
  )
}

/** The headers for a request that no allowed page of another origin sent. */
export const plain: AnswerHeaders = { Vary: 'Origin' }

/** The value of `Access-Control-Expose-Headers`: the headers of Keyhaven, and these. */
export function exposed(more: readonly string[] = []): string {
  return [...EXPOSED, ...more].join(', ')
}

const usuallyExposed = exposed()

/**
 * CORS headers of the answer: the exact origin if it is allowed, else only `Vary`. An allowed page may
 * send any header by any method: the check of the origin protects, not the lists. Only own origins may
 * send cookies (H25).
 */
export function corsHeaders(
  request: GuardRequest,
  { own, bearer }: OriginPolicy,
  expose: string = usuallyExposed,
): AnswerHeaders {
  const origin = single(request, 'origin')
  if (typeof origin !== 'string') return plain
  const isOwn = own.includes(origin)
  if (!isOwn && !bearer.includes(origin)) return plain
  return {
    'Access-Control-Allow-Origin': origin,
    ...(isOwn && { 'Access-Control-Allow-Credentials': 'true' }),
    'Access-Control-Expose-Headers': expose,
    Vary: 'Origin',
    ...(isPreflight(request) && {
      'Access-Control-Max-Age': '600',
      'Access-Control-Allow-Methods': methods(request),
      'Access-Control-Allow-Headers': requestedNames(request) ?? usual,
    }),
  }
}

/** The usual methods and the requested one: applications have others, as `QUERY` or those of WebDAV. */
function methods(request: GuardRequest): string {
  const requested = single(request, 'access-control-request-method')
  const isOther =
    typeof requested === 'string' &&
    METHOD.test(requested) &&
    !METHODS.split(', ').includes(requested)
  return isOther ? `${METHODS}, ${requested}` : METHODS
}

function requestedNames(request: GuardRequest): string | undefined {
  const names = single(request, 'access-control-request-headers')
  if (typeof names !== 'string' || names.length > LONGEST) return undefined
  return NAMES.test(names) ? names : undefined
}
