import type { KeyObject } from 'node:crypto'
import type { Connection } from '../../database/database.ts'
import type { AuditPosition } from '../../feed/audit-position.ts'
import { auditSealOf } from '../../secrets/audit-seal.ts'
import { findHead, isReplacedLog, sealAt, sealedRows, START } from '../../stores/audit-chain.ts'
import type { ChainPlace } from '../../stores/audit-chain.ts'
import { findFact } from '../../stores/installation.ts'
import { signingKeys } from '../../stores/keys.ts'

/** How far the chain of the audit log reaches, and whether its end is what was seen and sealed. */
export interface ChainState {
  readonly head: ChainPlace
  /** The newest row that this installation has seen of it: it must be there. */
  readonly seen: AuditPosition | undefined
  readonly holds: boolean
  /** The log of this database, whose name a mark bears. */
  readonly log: string
}

/** Looks at the end of the chain, and at the row of the mark. */
export async function checkAuditEnd(
  db: Connection,
  key: KeyObject,
  position: AuditPosition | undefined,
): Promise<ChainState> {
  const log = (await findFact(db, 'log')) ?? ''
  const seen = await stillOwed(db, log, position)
  const head = (await findHead(db)) ?? START
  const isThere = seen === undefined || (await holdsPlace(db, seen))
  return { log, head, seen, holds: isThere && (await isRight(db, key, head)) }
}

/**
 * The mark, unless it is of a database that was here before: one that was put back from a backup says
 * so in its chain, and a new one has no keys. That its log has another name is no excuse by itself.
 */
async function stillOwed(
  db: Connection,
  log: string,
  position: AuditPosition | undefined,
): Promise<AuditPosition | undefined> {
  if (position === undefined || position.log === log) return position
  const isAnother = (await isReplacedLog(db, position.log)) || (await signingKeys(db)).length === 0
  return isAnother ? undefined : position
}

async function holdsPlace(db: Connection, { seq, hash }: AuditPosition): Promise<boolean> {
  return seq === 0 || (await sealAt(db, seq)) === hash
}

/** Whether the last row bears the seal that it must bear behind the one before it. */
async function isRight(db: Connection, key: KeyObject, head: ChainPlace): Promise<boolean> {
  if (head.number === 0) return true
  const [before, last] = await sealedRows(db, head.number - 2, 2)
  const [row, previous] = head.number === 1 ? [before, START] : [last, before]
  return row?.hash === head.hash && row.hash === auditSealOf(key, previous?.hash ?? '', row)
}
