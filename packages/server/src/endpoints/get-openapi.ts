import { openEndpoint } from '../http/endpoint.ts'
import type { OpenEndpoint } from '../http/endpoint.ts'
import { openapiOf } from '../http/openapi.ts'
import type { Route } from '../http/route.ts'
import { openapiAnswer, problemAnswer } from './answers.ts'

/** The description of the API, made from its route table. */
export function openapiEndpoint(routes: readonly Route[]): OpenEndpoint {
  const body = openapiOf(routes, problemAnswer)
  return openEndpoint({
    summary: 'This description.',
    answers: { 200: openapiAnswer },
    handle: () => ({ status: 200, body, headers: { 'cache-control': 'max-age=60' } }),
  })
}
