import { KeyhavenError } from '@keyhaven/core/errors'
import type { ErrorCode } from '@keyhaven/core/errors'
import { readCredential } from '@keyhaven/guard/kit'
import type { Call } from '../endpoint.ts'
import { resolveCaller } from './caller.ts'
import type { Caller } from './caller.ts'

/** Codes of a browser whose session is over. */
const over: ReadonlySet<ErrorCode> = new Set([
  'token_invalid',
  'token_expired',
  'session_ended',
  'account_locked',
])

/**
 * The caller of a call that needs no credential; `undefined` for a browser without a live session,
 * whose cookies count for nothing.
 * @throws KeyhavenError for a wrong XSRF token, and for any bearer token that is refused.
 */
export async function liveCaller({
  context,
  site,
  request,
}: Pick<Call, 'context' | 'site' | 'request'>): Promise<Caller | undefined> {
  try {
    return await resolveCaller(context, site, request)
  } catch (error) {
    const isOver = error instanceof KeyhavenError && over.has(error.code)
    if (isOver && readCredential(request, site.cookies).by === 'cookie') return undefined
    throw error
  }
}
