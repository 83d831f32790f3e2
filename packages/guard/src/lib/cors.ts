import { BACKGROUND_HEADER, XSRF_HEADER } from '@keyhaven/core/wire'
import type { OriginPolicy } from './origin.ts'
import { single } from './request.ts'
import type { GuardRequest } from './request.ts'

/** Headers of an answer, by name. */
export type AnswerHeaders = Readonly<Record<string, string>>

const preflightHeaders: AnswerHeaders = {
  'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
  'Access-Control-Allow-Headers': `Content-Type, Authorization, ${XSRF_HEADER}, ${BACKGROUND_HEADER}`,
  'Access-Control-Max-Age': '600',
}

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

/** CORS headers of the answer: the exact origin where it is one of ours, else `Vary` alone. */
export function corsHeaders(request: GuardRequest, { own }: OriginPolicy): AnswerHeaders {
  const origin = single(request, 'origin')
  if (typeof origin !== 'string' || !own.includes(origin)) return plain
  return {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Credentials': 'true',
    Vary: 'Origin',
    ...(isPreflight(request) && preflightHeaders),
  }
}
