import type { ErrorCode } from '@keyhaven/core/errors'
import type { Problem } from '@keyhaven/core/wire'
import { printable } from './printable.ts'
import { pathOf } from './public-routes.ts'
import type { Refusal } from '../checks/refusal.ts'
import type { GuardRequest, HeaderName } from '../checks/request.ts'

/** A refused request, for a log. It contains no credential and no part of one. */
export interface RefusedRequest {
  readonly code: ErrorCode
  readonly status: number
  /** The check that failed, as text. */
  readonly reason: string | undefined
  /** With `csrf_failed`: the one of its two checks that failed. */
  readonly check: Problem['check']
  /** With `insufficient_scope`: the scope that was missing. */
  readonly scope: string | undefined
  readonly method: string
  /** Without the query, and without long segments, which may be secrets. */
  readonly path: string
  /** The values of the headers `Origin` and `Sec-Fetch-Site`, shortened. */
  readonly origin: string | undefined
  readonly site: string | undefined
  /** The address of the machine that sent it, which may be a proxy. */
  readonly peer: string | undefined
}

/** Characters of a header that are logged. */
const LONGEST = 100

/** Ids are shorter, tokens and one-time codes in links longer. */
const LONGEST_SEGMENT = 36

/** Characters of a path that are logged. */
const LONGEST_PATH = 200

/** The part of a request and its refusal that may be logged. */
export function refusedRequest(
  request: GuardRequest,
  { code, status, reason, body }: Pick<Refusal, 'code' | 'status' | 'reason' | 'body'>,
): RefusedRequest {
  return {
    code,
    status,
    reason,
    check: body.check,
    scope: body.scope,
    method: request.method.slice(0, 20),
    path: loggedPath(request.url),
    origin: loggedHeader(request, 'origin'),
    site: loggedHeader(request, 'sec-fetch-site'),
    peer: request.peer?.(),
  }
}

/** A path without its query and without segments that may be secrets. */
export function loggedPath(url: string): string {
  const parts = pathOf(url)
    .slice(0, 10 * LONGEST_PATH)
    .split('/')
  const shown = parts.map((part) => (part.length > LONGEST_SEGMENT ? '…' : part)).join('/')
  return shown.length > LONGEST_PATH ? `${shown.slice(0, LONGEST_PATH)}…` : shown
}

/** The value of a header that has no secret in it, shortened. */
export function loggedHeader(request: GuardRequest, name: HeaderName): string | undefined {
  const value = request.header(name)
  return value === undefined ? undefined : String(value).slice(0, LONGEST)
}

/** One log line. Values of the request are quoted, and control characters escaped, so that they can't imitate a line of the guard. */
export function refusedLine(refused: RefusedRequest): string {
  const { code, status, reason, check, scope, method, path, origin, site, peer } = refused
  const facts = [
    check && `check ${check}`,
    scope && `scope ${scope}`,
    reason,
    origin !== undefined && `Origin ${JSON.stringify(origin)}`,
    site !== undefined && `Sec-Fetch-Site ${JSON.stringify(site)}`,
  ].filter((one) => typeof one === 'string' && one !== '')
  const what = `refused with ${status} ${code}: ${method} ${JSON.stringify(path)}`
  return printable([`${what} from ${peer ?? 'an unknown peer'}`, ...facts].join(', '))
}
