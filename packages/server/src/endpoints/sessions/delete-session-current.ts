import { bearerOf } from '@keyhaven/guard'
import { clearedCookies } from '../../http/cookies/cookies.ts'
import { openEndpoint } from '../../http/endpoint.ts'
import { sessionsOfRequest } from '../../http/callers/sessions-of-request.ts'

/** Signs this device out, also with ended or without credentials. */
export const deleteSessionCurrent = openEndpoint({
  summary: 'Sign out this device.',
  answers: { 204: undefined },
  handle: async ({ context, site, request, actor }) => {
    for (const id of await sessionsOfRequest(context, site, request)) {
      await context.revocations.end({ sessionId: id, actor, proved: true })
    }
    // A call with a bearer token leaves the browser's cookies as they are
    const cookies = bearerOf(request) === undefined ? clearedCookies(site, request) : []
    return { status: 204, cookies }
  },
})
