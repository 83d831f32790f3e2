import type { Logger } from '../../telemetry/logger.ts'
import type { Database } from '../../database/database.ts'
import { entryIds, lackingOf, logState } from '../../stores/revocations.ts'
import type { Revocation } from '../../stores/revocations.ts'
import { findFact, findFormerLog } from '../../stores/installation.ts'
import { signingKeys } from '../../stores/keys.ts'
import { declareRestored, endedMessage, restoredMessage } from './declare-restored.ts'
import { repeatEntries, repeatUnread } from './repeat-entries.ts'
import type { Repeating } from './repeat-entries.ts'
import type { ContextPart } from '../context.ts'
import type { Missing, Recovery } from '../revocation/recover.ts'

interface Parts extends Repeating, ContextPart<'tools', 'metrics'> {
  readonly log: Logger
}

/** Recovers a log from what this process remembers of it, or declares the database restored. */
export function createLogRecovery(parts: Parts): Recovery {
  const {
    database,
    log: logger,
    tools: { metrics },
  } = parts
  const count = (outcome: 'kept' | 'ended'): void => metrics.database.restored.add({ outcome })
  const restored = async (): Promise<'restored'> => {
    const found = await database.read(({ db }) => findFact(db, 'log'))
    const reason = 'behind what this process has read of it'
    const done = await declareRestored(parts, found ?? '', { reason })
    if (done !== undefined) logger.error({ log: done.log }, restoredMessage(done))
    count('ended')
    return 'restored'
  }
  const repeated = async (
    { log, read }: Missing,
    kept: number,
    entries: readonly Revocation[],
  ): Promise<'kept'> => {
    await repeatEntries(parts, { log, kept, read, entries })
    logger.error({ formerLog: log, kept, repeated: entries.length }, lostMessage(entries.length))
    count('kept')
    return 'kept'
  }
  const recoverLog: Recovery['log'] = async (missing) => {
    const { log, read, recent } = missing
    const { current, former, isNew } = await database.read(async ({ db }) => ({
      current: await findFact(db, 'log'),
      former: await findFormerLog(db, log),
      isNew: (await signingKeys(db)).length === 0,
    }))
    if (current === log) {
      const kept = await newestKept(database, recent)
      const entries = kept === undefined ? undefined : recent.after(kept)
      return kept === undefined || entries === undefined
        ? restored()
        : repeated(missing, kept, entries)
    }
    // A database that never had this log was put in its place; one without keys was just created
    if (former === undefined) return isNew ? 'restored' : restored()
    if (former.lost === undefined) {
      // Replaced by another process, or by this one without an acknowledgement
      logger.error({ formerLog: log }, endedMessage(former))
      count('ended')
      return 'restored'
    }
    const { kept, repeated: known } = former.lost
    const entries = read > kept ? recent.after(kept) : []
    if (entries === undefined) return read > known ? restored() : 'kept'
    if (entries.length > 0) return repeated(missing, kept, entries)
    logger.warn({ formerLog: log, kept }, KEPT)
    count('kept')
    return 'kept'
  }
  return {
    log: recoverLog,
    entries: async (missed) => {
      // Another read may have found it before its acknowledgement
      const lost = await database.read(({ db }) => lackingOf(db, missed))
      if (lost.length === 0) return lost
      await repeatUnread(parts, lost)
      logger.error({ repeated: lost.length }, lostMessage(lost.length))
      count('kept')
      return lost
    },
  }
}

/**
 * The number of the newest entry that the database and this process have in common; `undefined` if
 * they differ from the oldest that this process remembers.
 */
async function newestKept(
  database: Database,
  recent: Missing['recent'],
): Promise<number | undefined> {
  const oldest = recent.oldest()
  if (oldest === undefined) return undefined
  const known = recent.after(oldest.seq - 1) ?? []
  const { seq, there } = await database.read(async ({ db }) => ({
    ...(await logState(db)),
    there: await entryIds(db, oldest.seq - 1),
  }))
  const parted = known.find((entry) => entry.seq > seq || differs(there.get(entry.seq), entry.id))
  if (parted === undefined) return seq
  // The entry before the oldest is not remembered, so whether it is the same is unknown
  return parted === known[0] && oldest.seq > 1 ? beforeFirst(seq, oldest.seq) : parted.seq - 1
}

/**
 * If the database ends just before what is remembered, its end is in common; otherwise they differ
 * further back.
 */
function beforeFirst(seq: number, oldest: number): number | undefined {
  return seq === oldest - 1 ? seq : undefined
}

/** An entry that no longer exists was purged after it expired. */
function differs(there: string | undefined, id: string): boolean {
  return there !== undefined && there !== id
}

const KEPT =
  'the database lacked revocations: a failover lost its newest writes, or it was restored from a backup while services ran. Other processes have appended them again'

/** The message for operators. */
function lostMessage(entries: number): string {
  return `the database lacks revocations that this process has read: a failover lost its newest writes, or it was restored from a backup while services ran. ${entries} revocation(s) were appended again with what they did, so no sign-out, lock, password change, removed key or role comes back. Users whose own newest sign-in was lost sign in again`
}
