import type { ReservedScope } from '@keyhaven/core/access'
import type { Endpoint, GuardedEndpoint, GuardKeyEndpoint, OpenEndpoint } from './endpoint.ts'

/**
 * Who may call. `any`: no credential. `page`: no credential either, but only pages of our own
 * origins. `session`: the session cookie. `own`: a person or her own keys and tokens.
 * `person`: a session of a person. `guard`: a guard's key. A scope: a person who holds it.
 */
export type Who = 'any' | 'page' | 'session' | 'own' | 'person' | 'guard' | ReservedScope

/** One row of the route table. */
export interface Route {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly who: Who
  readonly endpoint: Endpoint
}

/** A row can't be written without saying who may call; an endpoint that needs a caller gets no open row. */
export function route(
  call: `${string} /${string}`,
  who: 'any' | 'page',
  endpoint: OpenEndpoint,
): Route
export function route(
  call: `${string} /${string}`,
  who: 'session' | 'own' | 'person' | ReservedScope,
  endpoint: GuardedEndpoint,
): Route
export function route(call: `${string} /${string}`, who: 'guard', endpoint: GuardKeyEndpoint): Route
export function route(call: `${string} /${string}`, who: Who, endpoint: Endpoint): Route {
  const [method = '', path = ''] = call.split(' ')
  return { name: call, method, path, who, endpoint }
}
