import type { AppliedMark } from '@keyhaven/core/wire'
import type { Database } from '../database/database.ts'
import { newTokenId } from '../secrets/random.ts'
import { factOf, findFact } from '../stores/installation.ts'
import { signingKeys } from '../stores/keys.ts'
import { newestSeq } from '../stores/revocations.ts'

/** The name of the fact that a log was once this database's. */
export function formerLog(log: string): string {
  return `former log ${log}`
}

/** The log of this database as it was found, and whether it is older than what this installation has seen. */
export interface FoundLog extends AppliedMark {
  readonly restored: boolean
}

/** Reads the log's name, which is made with the database, and holds it against the mark of a former run. */
export function openLog(database: Database, mark: AppliedMark | undefined): Promise<FoundLog> {
  return database.transact(async ({ db }) => {
    const log = await factOf(db, 'log', newTokenId())
    const seq = await newestSeq(db)
    if (mark === undefined) return { log, seq, restored: false }
    if (mark.log === log) return { log, seq, restored: seq < mark.seq }
    const known = (await findFact(db, formerLog(mark.log))) !== undefined
    // A database without keys is a new one: it vouches for nothing
    const isNew = (await signingKeys(db)).length === 0
    return { log, seq, restored: !known && !isNew }
  })
}
