import type { SigningAlgorithm } from '@keyhaven/core'
import type { Database } from '../database/database.ts'
import { record } from '../events.ts'
import type { Actor } from '../events.ts'
import type { KeyBox } from '../secrets/key-box.ts'
import { newTokenId } from '../secrets/random.ts'
import { bumpFact, findFact, lockInstallation, putFact } from '../stores/installation.ts'
import { signingKeys } from '../stores/keys.ts'
import { endEverySession } from '../stores/sessions.ts'
import { formerLog } from './open-log.ts'
import { writeNewKey } from './rotate-keys.ts'

/** What was done because the database came from a backup. */
export interface Restored {
  /** The new log. */
  readonly log: string
  /** Keys that were withdrawn, and sessions that ended. */
  readonly withdrawn: readonly string[]
  readonly sessions: number
}

interface Needs {
  readonly database: Database
  readonly box: KeyBox
  readonly alg: SigningAlgorithm
}

/**
 * A database from a backup has forgotten revocations, so nothing that it vouches for counts any more:
 * all keys are withdrawn, all sessions end, a new log begins. `log` is the one that was found; where
 * it has been replaced by now, another process was first, and nothing is done.
 */
export async function declareRestored(
  { database, box, alg }: Needs,
  log: string,
  { reason, actor = {} }: { readonly reason: string; readonly actor?: Actor },
): Promise<Restored | undefined> {
  const restored = await database.append(async (moment) => {
    const { db, now } = moment
    await lockInstallation(db)
    if ((await findFact(db, 'log')) !== log) return undefined
    const hasKeys = (await signingKeys(db)).length > 0
    const { withdrawn } = hasKeys
      ? await writeNewKey(moment, box, { alg, emergency: true, accessTtl: 0 })
      : { withdrawn: [] }
    const sessions = await endEverySession(db, now)
    const next = newTokenId()
    await putFact(db, formerLog(log), new Date(now).toISOString())
    await putFact(db, 'log', next)
    const details = { formerLog: log, log: next, withdrawn, ended: { sessions } }
    await record(moment, 'database.restored', { actor, reason, details })
    await bumpFact(db, 'keys')
    return { log: next, withdrawn, sessions }
  })
  database.wake()
  return restored
}

/** What an operator is told. */
export function restoredWords({ withdrawn, sessions }: Restored): string {
  return `the database was restored from a backup, which has forgotten revocations: ${withdrawn.length} keys are withdrawn, ${sessions} sessions have ended, everybody signs in again`
}
