import { gathered } from '../../database/gathered.ts'
import { lockFreeOwners } from '../../stores/session-ends.ts'
import { writeForgottenEnd, writeLockedEnds, writeSessionEnd } from './write-ends.ts'
import { revoking } from '../revocation/revoking.ts'
import type { Revoking } from '../revocation/revoking.ts'
import type { EndSession, SignOut } from '../context.ts'

/** Sign-outs of one transaction, and those that may wait for the next. */
const bounds = { together: 100, waiting: 10_000 }

/**
 * Sign-outs that come at once share a transaction and its commit: whoever waits for the disk waits with
 * the others. One whose account somebody holds locked goes alone and makes nobody else wait.
 */
export function createEndSession(context: Revoking): EndSession {
  const together = gathered(bounds, (signOuts: readonly SignOut[]) =>
    revoking(context, async (moment) => {
      const actors = new Map(signOuts.map(({ sessionId, actor }) => [sessionId, actor]))
      const free = await lockFreeOwners(moment.db, [...actors.keys()])
      const ends = free.map((session) => ({
        session,
        actor: actors.get(session.sessionId) ?? {},
      }))
      const ended = await writeLockedEnds(moment, 'session_ended', ends)
      return signOuts.map(({ sessionId }) => ended.has(sessionId))
    }),
  )
  const alone = ({ sessionId, actor, proved = false }: SignOut): Promise<boolean> =>
    revoking(context, async (moment) => {
      if (proved) await writeForgottenEnd(moment, sessionId)
      return writeSessionEnd(moment, sessionId, { code: 'session_ended', actor })
    })
  return async (signOut) => (await together(signOut)) || alone(signOut)
}
