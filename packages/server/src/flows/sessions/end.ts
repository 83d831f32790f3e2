import { gathered } from '../../database/gathered.ts'
import { refusesRow } from '../../database/refuses-row.ts'
import { lockFreeOwners } from '../../stores/credentials/credential-ends.ts'
import { endCredentials } from '../credentials/end.ts'
import { writeForgottenEnd, writeSessionEnd } from './write-ends.ts'
import { revoking } from '../revocation/revoking.ts'
import type { Revoking } from '../revocation/revoking.ts'
import type { EndSession, SignOut } from '../context.ts'

/** Sign-outs in one transaction, and sign-outs that may wait for the next. */
const bounds = { together: 100, waiting: 10_000 }

/** The form of a session's id: nothing else reaches a transaction that others share. */
const ID = /^ses_[\w-]{1,64}$/

/**
 * Simultaneous sign-outs share a transaction and its commit. A sign-out whose account is locked by
 * another transaction runs by itself, so that the others need not wait, and so does each of a
 * transaction in which the database has refused a row, so that the others succeed.
 */
export function createEndSession(context: Revoking): EndSession {
  const together = gathered(bounds, (signOuts: readonly SignOut[]) =>
    revoking(context, async (moment) => {
      const actors = new Map(signOuts.map(({ sessionId, actor }) => [sessionId, actor]))
      const free = await lockFreeOwners(moment.db, [...actors.keys()])
      const ends = free.map((credential) => ({
        credential,
        actor: actors.get(credential.id) ?? {},
      }))
      const all = await endCredentials(moment, 'session_ended', ends)
      const ended = new Set(all.map(({ credential: { id } }) => id))
      return signOuts.map(({ sessionId }) => ended.has(sessionId))
    }),
  )
  const byItself = ({ sessionId, actor, proved = false }: SignOut): Promise<boolean> =>
    revoking(context, async (moment) => {
      if (proved) await writeForgottenEnd(moment, sessionId)
      return writeSessionEnd(moment, sessionId, { code: 'session_ended', actor })
    })
  const shared = async (signOut: SignOut): Promise<boolean> => {
    try {
      return await together(signOut)
    } catch (error) {
      if (refusesRow(error)) return false
      throw error
    }
  }
  return async (signOut) => {
    if (!ID.test(signOut.sessionId)) return false
    return (await shared(signOut)) || byItself(signOut)
  }
}
