import { BACKGROUND_HEADER } from '@keyhaven/core/wire'
import { accessClaims } from '../flows/access-claims.ts'
import { extendSession } from '../flows/extend-session.ts'
import { renewSession } from '../flows/renew-session.ts'
import { viewSession } from '../flows/view-session.ts'
import type { Caller } from '../http/caller.ts'
import { guardedEndpoint } from '../http/endpoint.ts'
import type { Answer } from '../http/endpoint.ts'
import { renewed } from './signed-in.ts'
import { sessionViewAnswer } from './answers.ts'

/** Who am I, what may I do; renews the access cookie where it is due. */
export const getUserCurrent = guardedEndpoint({
  summary: 'Who am I, what may I do; renews where it is due.',
  answers: { 200: sessionViewAnswer },
  handle: async (call): Promise<Answer> => {
    const { rooms, site, request, caller } = call
    const extend = request.header(BACKGROUND_HEADER) === undefined
    const now = await rooms.database.read(async (moment) => moment.now)
    // Without an access cookie there is nothing to renew
    if (caller.renewable && !site.opaque && isDue(caller, now)) {
      const session = await renewSession(rooms, { live: caller, extend })
      return renewed(call, session, now)
    }
    if (caller.renewable && extend) await extendSession(rooms, caller.session)
    const claims = caller.claims ?? accessClaims(rooms, { ...caller, values: {} }, now)
    return { status: 200, body: viewSession(rooms, { ...caller, claims }, now) }
  },
})

/** A third of its life or less is left, or no good token of this session came. */
function isDue({ claims }: Caller, now: number): boolean {
  return claims === undefined || (claims.exp - now / 1000) * 3 <= claims.exp - claims.iat
}
