import type { ErrorCode } from '@keyhaven/core/errors'
import type { Problem } from '@keyhaven/core/wire'
import { pathOf } from './public-routes.ts'
import type { Refusal } from '../checks/refusal.ts'
import type { GuardRequest } from '../checks/request.ts'

/** A refused request, for a log: nothing in it is a credential or a part of one. */
export interface RefusedRequest {
  readonly code: ErrorCode
  readonly status: number
  /** Which check failed, in words. */
  readonly reason: string | undefined
  /** With `csrf_failed`: which of its two checks. */
  readonly check: Problem['check']
  /** With `insufficient_scope`: the scope that was missing. */
  readonly scope: string | undefined
  readonly method: string
  /** Without its query; long parts of it may be secrets, and are left out. */
  readonly path: string
  /** What the headers `Origin` and `Sec-Fetch-Site` held, shortened. */
  readonly origin: string | undefined
  readonly site: string | undefined
  /** The address of the machine that sent it: a proxy’s, if there is one in front. */
  readonly peer: string | undefined
}

/** Characters of a header that are logged. */
const LONGEST = 100

/** Ids are shorter, tokens and one-time codes in links longer. */
const LONGEST_SEGMENT = 36

/** Characters of a path that are logged. */
const LONGEST_PATH = 200

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

/** A path without its query and without what may be a secret. */
export function loggedPath(url: string): string {
  const parts = pathOf(url)
    .slice(0, 10 * LONGEST_PATH)
    .split('/')
  const shown = parts.map((part) => (part.length > LONGEST_SEGMENT ? '…' : part)).join('/')
  return shown.length > LONGEST_PATH ? `${shown.slice(0, LONGEST_PATH)}…` : shown
}

/** What a header held that no secret belongs in, shortened. */
export function loggedHeader(request: GuardRequest, name: string): string | undefined {
  const value = request.header(name)
  return value === undefined ? undefined : String(value).slice(0, LONGEST)
}

/** One line of text: what strangers sent stands in quotes, so that it can’t pass for a line of ours. */
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
  return [`${what} from ${peer ?? 'an unknown peer'}`, ...facts].join(', ')
}
