import { setTimeout as sleep } from 'node:timers/promises'
import type { AppliedMark } from '@keyhaven/core/wire'
import type { Database } from '../../database/database.ts'
import { newTokenId } from '../../secrets/random.ts'
import { factOf, findFormerLog } from '../../stores/installation.ts'
import type { FormerLog } from '../../stores/installation.ts'
import { signingKeys } from '../../stores/keys.ts'
import { newestSeq } from '../../stores/revocations.ts'

/**
 * The log of this database as found, and whether it is older than what this installation has seen.
 */
export interface FoundLog extends AppliedMark {
  readonly restored: boolean
  /**
   * What became of the log that the stored position names, if it was replaced and every session
   * ended.
   */
  readonly replaced?: FormerLog
}

/**
 * Milliseconds for which a starting process waits for running ones to append lost entries again,
 * and between two checks.
 */
const PATIENCE = 2000
const AGAIN = 100

/**
 * Reads the log's name, which is created with the database, and compares the log with the stored
 * position of an earlier run.
 */
export async function openRevocationLog(
  database: Database,
  position: AppliedMark | undefined,
): Promise<FoundLog> {
  const until = performance.now() + PATIENCE
  for (;;) {
    const found = await compareLog(database, position)
    if (!found.restored || performance.now() > until) return found
    // A process that ran through the failover may still append what the database has lost
    await sleep(AGAIN)
  }
}

async function compareLog(
  database: Database,
  position: AppliedMark | undefined,
): Promise<FoundLog> {
  await database.number()
  return database.transact(async ({ db }) => {
    const log = await factOf(db, 'log', newTokenId())
    const seq = await newestSeq(db)
    if (position === undefined) return { log, seq, restored: false }
    if (position.log === log) return { log, seq, restored: seq < position.seq }
    const former = await findFormerLog(db, position.log)
    if (former?.lost !== undefined) {
      const { kept, repeated } = former.lost
      return { log, seq, restored: position.seq > Math.max(kept, repeated) }
    }
    // A new database without keys accepts no tokens
    const isNew = (await signingKeys(db)).length === 0
    return {
      log,
      seq,
      restored: former === undefined && !isNew,
      ...(former && { replaced: former }),
    }
  })
}
