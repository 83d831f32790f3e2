import type { Settings } from '../../config/settings.ts'
import { openDatabase } from '../../database/open-database.ts'
import type { Database } from '../../database/database.ts'
import type { KeyBox } from '../../secrets/key-box.ts'
import { auditMark } from '../../feed/audit-position.ts'
import { openMarkFile, revocationsMark } from '../../feed/position-file.ts'
import type { MarkFile } from '../../feed/position-file.ts'
import { findFact } from '../../stores/installation.ts'
import type { FormerLog } from '../../stores/installation.ts'
import { newestSeq } from '../../stores/revocations.ts'
import { declareRestored } from './declare-restored.ts'
import type { Restored } from './declare-restored.ts'
import { fixIssuer } from './fix-issuer.ts'
import { keepTime } from './keep-time.ts'
import { openAudit } from '../audit/open.ts'
import type { AuditChain } from '../audit/open.ts'
import { openLog } from '../revocation/open.ts'
import { prepareInstallation } from './prepare-installation.ts'
import type { Preparing } from './prepare-installation.ts'

/** An opened database that belongs to this issuer, the box that opens its keys, and what was seen of its logs. */
export interface Installation {
  readonly database: Database
  readonly box: KeyBox
  readonly mark: MarkFile
  readonly audit: AuditChain
  /** What was done where the database turned out to come from a backup. */
  readonly restored: Restored | undefined
  /** What another process has done about that since this one ran last. */
  readonly replaced: FormerLog | undefined
}

/** How an installation is opened. */
export interface Opening extends Preparing {
  /** Hears where a mark can’t be written. */
  readonly failed: (error: unknown) => void
}

/** Opens what the settings name, and makes it at first start. */
export async function openInstallation(
  settings: Settings,
  { failed, ...preparing }: Opening,
): Promise<Installation> {
  const box = await prepareInstallation(settings, preparing)
  const database = await openDatabase(settings.database, preparing.migrate)
  try {
    await fixIssuer(database, settings.issuer)
    const mark = await openMarkFile(settings.data, revocationsMark, failed)
    const audit = await openAudit(
      database,
      box,
      await openMarkFile(settings.data, auditMark, failed),
    )
    const { log, restored: isRestored, replaced } = await openLog(database, mark.found)
    const { alg } = settings
    const reason = 'behind the mark of this installation'
    const restored = isRestored
      ? await declareRestored({ database, box, alg }, log, { reason })
      : undefined
    return { database, box, mark, audit, restored, replaced }
  } catch (error) {
    await database.close()
    throw error
  }
}

/** Keeps what this process has written to the logs, before it ends without having followed them. */
export async function keepMark({ database, mark, audit }: Installation): Promise<void> {
  mark.note(
    await database.read(async ({ db }) => ({
      log: (await findFact(db, 'log')) ?? '',
      seq: await newestSeq(db),
    })),
  )
  await audit.seal()
  await mark.settled()
  await audit.mark.settled()
  await keepTime(database)
}
