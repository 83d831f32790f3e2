import { readCredential } from '@keyhaven/guard/kit'
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
    const { by } = readCredential(request, site.cookies)
    return { status: 204, cookies: by === 'bearer' ? [] : clearedCookies(site, request) }
  },
})
