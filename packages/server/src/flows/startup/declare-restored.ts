import type { SigningAlgorithm } from '@keyhaven/core'
import type { Database, Moment } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import type { KeyBox } from '../../secrets/key-box.ts'
import { newTokenId } from '../../secrets/random.ts'
import { newestAuditTime } from '../../stores/audit/audit.ts'
import { beginEpoch, findFact, lockInstallation } from '../../stores/installation.ts'
import { putFact, putFormerLog } from '../../stores/installation.ts'
import type { FormerLog, InstallationRow } from '../../stores/installation.ts'
import { signingKeys } from '../../stores/keys.ts'
import { writeNewKey } from '../keys/rotate.ts'

/** What was done because the database lacks revocations that this installation has seen. */
export interface Restored {
  /** The new log. */
  readonly log: string
  /** The `kid` of each withdrawn key. */
  readonly withdrawn: readonly string[]
  /** The period that the database has lost, as RFC 3339 texts: from its newest event to now. */
  readonly lost: { readonly from: string | undefined; readonly to: string }
}

interface Needs {
  readonly database: Database
  readonly box: KeyBox
  readonly alg: SigningAlgorithm
}

/**
 * Handles a database that lacks revocations which no process knows: all keys are withdrawn, a new
 * epoch ends all sessions, and a new log begins. `log` is the log that was found; if another
 * process has already replaced it, nothing is done and the result is `undefined`. The cost does not
 * depend on the number of sessions.
 */
export async function declareRestored(
  { database, box, alg }: Needs,
  log: string,
  { reason, actor = {} }: { readonly reason: string; readonly actor?: Actor },
): Promise<Restored | undefined> {
  const restored = await database.append(async (moment) => {
    const { db, now } = moment
    const installation = await lockInstallation(db)
    if ((await findFact(db, 'log')) !== log) return undefined
    const newest = await newestAuditTime(db)
    const hasKeys = (await signingKeys(db)).length > 0
    const { withdrawn } = hasKeys
      ? await writeNewKey(moment, installation, { box, alg, emergency: true })
      : { withdrawn: [] }
    const epoch = await beginEpoch(db, installation)
    const next = await replaceLog(moment, installation, { log })
    const from = newest === undefined ? undefined : new Date(newest).toISOString()
    const lost = { from, to: new Date(now).toISOString() }
    const details = { formerLog: log, log: next, withdrawn, epoch, lost }
    await happened(moment, 'database.restored', { actor, reason, details })
    return { log: next, withdrawn, lost }
  })
  database.wake()
  return restored
}

/**
 * Replaces a former log by a new one. Guards keep the entries of both.
 * @returns the name of the new log.
 */
export async function replaceLog(
  { db, now }: Moment,
  installation: Locked<InstallationRow>,
  { log, lost }: { readonly log: string } & Pick<FormerLog, 'lost'>,
): Promise<string> {
  const next = newTokenId()
  const at = new Date(now).toISOString()
  await putFormerLog(db, installation, { log, at, ...(lost && { lost }) })
  await putFact(db, installation, { name: 'log', value: next })
  return next
}

/** The two ways in which a database can lose data. */
export const FORGOTTEN = 'it was restored from a backup, or a failover lost its newest writes'

/**
 * The message of a process that finds the log replaced, by another process or by its own
 * unacknowledged write.
 */
export function endedMessage({ at }: FormerLog): string {
  return `the database lacks revocations that this process has seen: ${FORGOTTEN}. At ${at} all signing keys were withdrawn and every session ended, so every user signs in again`
}

/** The message if the service has detected it. */
export function restoredMessage(restored: Restored): string {
  return `the database lacks revocations that this installation has seen: ${FORGOTTEN}. ${lossText(restored)}`
}

/** The message if an operator has declared it. */
export function declaredMessage(restored: Restored): string {
  return `the database counts as restored from a backup. ${lossText(restored)}`
}

function lossText({ withdrawn: { length }, lost: { from, to } }: Restored): string {
  const span = from === undefined ? `before ${to}` : `between ${from} and ${to}`
  const keys = length === 1 ? '1 signing key is withdrawn' : `${length} signing keys are withdrawn`
  return `Changes made ${span} are lost, also to passwords, second factors, roles, statuses, API keys, machines and guard keys. ${keys} and every session has ended, so every user signs in again`
}
