import type { Settings } from '../../config/settings.ts'
import { openDatabase } from '../../database/open-database.ts'
import type { Database } from '../../database/database.ts'
import type { KeyBox } from '../../secrets/key-box.ts'
import { auditPosition } from '../../feed/audit-position.ts'
import { openPositionFile, revocationsPosition } from '../../feed/position-file.ts'
import type { PositionFile } from '../../feed/position-file.ts'
import { findFact } from '../../stores/installation.ts'
import type { FormerLog } from '../../stores/installation.ts'
import { newestSeq } from '../../stores/revocations.ts'
import { declareRestored } from './declare-restored.ts'
import type { Restored } from './declare-restored.ts'
import { fixIssuer } from './fix-issuer.ts'
import { keepTime } from './keep-time.ts'
import { openAudit } from '../audit/open.ts'
import type { AuditChain } from '../audit/open.ts'
import { openRevocationLog } from '../revocation/open.ts'
import { prepareInstallation } from './prepare-installation.ts'
import type { Preparing } from './prepare-installation.ts'

/**
 * An opened database of this issuer, the box that opens its keys, and the positions seen in its
 * logs.
 */
export interface Installation {
  /** The URL that the database was made for. */
  readonly issuer: string
  readonly database: Database
  readonly box: KeyBox
  readonly position: PositionFile
  readonly audit: AuditChain
  /** What was done if the database was found to be restored from a backup. */
  readonly restored: Restored | undefined
  /** What another process has done about that since this one ran last. */
  readonly replaced: FormerLog | undefined
}

/** How an installation is opened. */
export interface Opening extends Preparing {
  /** Called with the error of a position file that can’t be written. */
  readonly failed: (error: unknown) => void
}

/** Opens the installation that the settings name; creates it at first start. */
export async function openInstallation(
  settings: Settings,
  { failed, ...preparing }: Opening,
): Promise<Installation> {
  const box = await prepareInstallation(settings, preparing)
  const database = await openDatabase(settings.database, preparing.migrate)
  try {
    const issuer = await fixIssuer(database, settings)
    const position = await openPositionFile(settings.data, revocationsPosition, failed)
    const audit = await openAudit(
      database,
      box,
      await openPositionFile(settings.data, auditPosition, failed),
    )
    const {
      log,
      restored: isRestored,
      replaced,
    } = await openRevocationLog(database, position.found)
    const { alg } = settings
    const reason = 'behind the mark of this installation'
    const restored = isRestored
      ? await declareRestored({ database, box, alg }, log, { reason })
      : undefined
    return { issuer, database, box, position, audit, restored, replaced }
  } catch (error) {
    await database.close()
    throw error
  }
}

/**
 * Stores the positions of what this process has written, for a process that ends without having
 * followed the logs.
 */
export async function keepPositions({ database, position, audit }: Installation): Promise<void> {
  position.note(
    await database.read(async ({ db }) => ({
      log: (await findFact(db, 'log')) ?? '',
      seq: await newestSeq(db),
    })),
  )
  await audit.seal()
  await position.settled()
  await audit.position.settled()
  await keepTime(database)
}
