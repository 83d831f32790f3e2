import { bearerOf } from '@keyhaven/guard'
import { clearedCookies } from '../../http/cookies/cookies.ts'
import { openEndpoint } from '../../http/endpoint.ts'
import { sessionsOfRequest } from '../../http/callers/sessions-of-request.ts'

/** Sign-out of this device, with ended or no credentials too. */
export const deleteSessionCurrent = openEndpoint({
  summary: 'Sign out this device.',
  answers: { 204: undefined },
  handle: async ({ context, site, request, actor }) => {
    for (const id of await sessionsOfRequest(context, site, request)) {
      await context.revocations.end({ sessionId: id, actor, proved: true })
    }
    // A bearer's call leaves the cookies beside it alone
    const cookies = bearerOf(request) === undefined ? clearedCookies(site, request) : []
    return { status: 204, cookies }
  },
})
