import { readCookies } from '@keyhaven/guard/kit'
import { findLiveSession } from '../../flows/sessions/find-live.ts'
import type { Call } from '../endpoint.ts'

/** The live session that this browser still has when it signs in again; it will end. */
export function previousSession({
  context,
  site,
  request,
}: Pick<Call, 'context' | 'site' | 'request'>): Promise<string | undefined> {
  const { sessions } = readCookies(request, site.cookies)
  return context.database.read(async (moment) => {
    for (const cookie of sessions) {
      const found = await findLiveSession(moment, { cookie })
      if (found.ok) return found.session.id
    }
    return undefined
  })
}
