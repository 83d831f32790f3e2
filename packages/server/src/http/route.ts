import type { ReservedScope } from '@keyhaven/core/access'
import type { CallRule, NoLimit } from '../config/limits.ts'
import type { Endpoint, GuardedEndpoint, GuardKeyEndpoint, OpenEndpoint } from './endpoint.ts'

/**
 * Who may call. `any`: no credential. `own-origin`: no credential either, but only pages of our own
 * origins. `session-cookie`: the session cookie. `account`: a person or her own keys and tokens.
 * `session`: a session of a person. `guard`: a guard's key. A scope: a person who holds it.
 */
export type Access =
  | 'any'
  | 'own-origin'
  | 'session-cookie'
  | 'account'
  | 'session'
  | 'guard'
  | ReservedScope

/**
 * How often an open call may be made, by network. The flow counts it, because only the flow knows whose
 * password is tried and whether a hash is needed.
 */
export type OpenLimit = 'signUp' | 'signIn' | NoLimit

/** How often a caller may call. `own` and `others`: by whose account the path names. */
export type CallerLimit =
  | CallRule
  | 'eventStreams'
  | NoLimit
  | { readonly own: CallRule; readonly others: CallRule }

/** How often a guard may call. */
export type GuardLimit = 'read' | 'guardStreams' | NoLimit

export type Limit = OpenLimit | CallerLimit | GuardLimit

/** On what terms a call is let in. */
export interface Terms<W extends Access = Access, L extends Limit = Limit> {
  readonly who: W
  readonly limit: L
}

/** One row of the route table. */
export interface Route extends Terms {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly endpoint: Endpoint
}

/**
 * A row can't be written without saying who may call and how often; an endpoint that needs a caller gets
 * no open row.
 */
export function route(
  call: `${string} /${string}`,
  terms: Terms<'any' | 'own-origin', OpenLimit>,
  endpoint: OpenEndpoint,
): Route
export function route(
  call: `${string} /${string}`,
  terms: Terms<'session-cookie' | 'account' | 'session' | ReservedScope, CallerLimit>,
  endpoint: GuardedEndpoint,
): Route
export function route(
  call: `${string} /${string}`,
  terms: Terms<'guard', GuardLimit>,
  endpoint: GuardKeyEndpoint,
): Route
export function route(call: `${string} /${string}`, terms: Terms, endpoint: Endpoint): Route {
  const [method = '', path = ''] = call.split(' ')
  return { name: call, method, path, ...terms, endpoint }
}
