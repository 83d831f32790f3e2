import type { ReservedScope } from '@keyhaven/core/access'
import type { ClientLimit } from '../config/clients/client-rules.ts'
import type { CallRule, NoLimit } from '../config/limits.ts'
import type {
  Endpoint,
  GuardedEndpoint,
  GuardKeyEndpoint,
  JudgingEndpoint,
  OpenEndpoint,
} from './endpoint.ts'
import type { OAuthEndpoint } from './oauth/oauth-endpoint.ts'

/**
 * Who may call. `any`: no credential needed. `own-origin`: no credential needed, but only from
 * pages of allowed origins. `session-cookie`: the session cookie. `account`: a user, or their own
 * keys and tokens. `session`: a session of a user. `guard`: a guard key. `client`: an OAuth client, which the
 * endpoint restricts. `testing`: the key of tests in development; the row exists with KEYHAVEN_TESTING only. A
 * scope: a user who has it.
 */
export type Access =
  | 'any'
  | 'own-origin'
  | 'session-cookie'
  | 'account'
  | 'session'
  | 'guard'
  | 'client'
  | 'testing'
  | ReservedScope

/** Access by a user, with any credential of theirs. */
type UserAccess = 'session-cookie' | 'account' | 'session' | ReservedScope

/**
 * The limit of a call without a credential, by network. The flow counts it, because only the flow
 * knows whose password is checked and whether a hash is needed.
 */
export type OpenLimit = 'signUp' | 'signIn' | 'passkeyOptions' | 'mail' | NoLimit

/**
 * The limit of a call by an authenticated caller. The flow counts changes of address, because it knows their
 * recipients. `own` and `others` depend on the account that the
 * path names.
 */
export type CallerLimit =
  | CallRule
  | 'eventStreams'
  | 'emailChange'
  | NoLimit
  | { readonly own: CallRule; readonly others: CallRule }

/** The limit of a call with a guard key. */
export type GuardLimit = 'read' | 'redeemed' | 'guardStreams' | NoLimit

/** The limit of any call. */
export type Limit = OpenLimit | CallerLimit | GuardLimit | ClientLimit

/** Who may call, and how often. */
export interface Terms<W extends Access = Access, L extends Limit = Limit> {
  readonly who: W
  readonly limit: L
}

/**
 * Whether a call is answered only within `KEYHAVEN_STEP_UP` of the user's last proof of identity. `when`: only
 * some calls are, which the endpoint's `needsProof` decides; the words end the sentence “needs a fresh proof …”.
 */
export type Fresh = boolean | { readonly when: string }

/** The terms of a call by a user: also whether it needs a fresh proof of identity. */
export interface UserTerms<W extends Access = Access, F extends Fresh = Fresh>
  extends Terms<W, CallerLimit> {
  readonly fresh: F
}

/** One row of the route table, whose endpoint may not be loaded yet. */
export interface Row extends Terms {
  /** Absent from rows whose caller is no user: there is no proof of identity that could be fresh. */
  readonly fresh?: Fresh
  readonly name: string
  readonly method: string
  readonly path: string
  readonly load: () => Promise<Endpoint>
}

/** A row with its endpoint. */
export interface Route extends Row {
  readonly endpoint: Endpoint
}

const loaded = new WeakMap<Row, Route>()

/** A row with its endpoint, which is loaded with the first call. */
export function withEndpoint(row: Row): Route | Promise<Route> {
  return loaded.get(row) ?? loadedRow(row)
}

/** The rows that a service has: those of tests exist with KEYHAVEN_TESTING only (H24). */
export function servedOf(
  routes: readonly Row[],
  { keys }: { readonly keys: { readonly testing: string | undefined } },
): readonly Row[] {
  return keys.testing === undefined ? routes.filter(({ who }) => who !== 'testing') : routes
}

/** The same of many rows, for their description. */
export function withEndpoints(rows: readonly Row[]): Promise<Route[]> {
  return Promise.all(rows.map(loadedRow))
}

async function loadedRow(row: Row): Promise<Route> {
  const route = { ...row, endpoint: await row.load() }
  loaded.set(row, route)
  return route
}

/** An endpoint, or a function that loads it with its first call. */
type Late<E extends Endpoint> = E | (() => Promise<E>)

/**
 * A row of the table. Its type requires a caller and a limit, and rejects an endpoint that needs a
 * caller in a row that has none.
 */
export function route(
  call: `${string} /${string}`,
  terms: Terms<'any' | 'own-origin' | 'testing', OpenLimit>,
  endpoint: Late<OpenEndpoint>,
): Row
/** A row for authenticated users. Its type also requires whether the call must be fresh. */
export function route(
  call: `${string} /${string}`,
  terms: UserTerms<UserAccess, boolean>,
  endpoint: Late<GuardedEndpoint>,
): Row
/** A row for authenticated users whose endpoint decides whether a call must be fresh. */
export function route(
  call: `${string} /${string}`,
  terms: UserTerms<UserAccess, { readonly when: string }>,
  endpoint: Late<JudgingEndpoint>,
): Row
/** A row for guard keys. */
export function route(
  call: `${string} /${string}`,
  terms: Terms<'guard', GuardLimit>,
  endpoint: Late<GuardKeyEndpoint>,
): Row
/** A row for OAuth clients. */
export function route(
  call: `${string} /${string}`,
  terms: Terms<'client', ClientLimit>,
  endpoint: Late<OAuthEndpoint>,
): Row
/** The row of a call such as `GET /keys`. */
export function route(
  call: `${string} /${string}`,
  terms: Terms & Pick<Row, 'fresh'>,
  endpoint: Late<Endpoint>,
): Row {
  const [method = '', path = ''] = call.split(' ')
  const load = typeof endpoint === 'function' ? endpoint : async () => endpoint
  return { name: call, method, path, ...terms, load }
}
