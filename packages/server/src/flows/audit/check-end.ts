import type { KeyObject } from 'node:crypto'
import type { Connection } from '../../database/database.ts'
import type { AuditPosition } from '../../feed/audit-position.ts'
import { isAsSealed } from '../../secrets/audit-seal.ts'
import {
  findHead,
  isReplacedLog,
  sealAt,
  sealedRows,
  START,
} from '../../stores/audit/audit-chain.ts'
import type { ChainPlace } from '../../stores/audit/chain-place.ts'
import { findFact } from '../../stores/installation.ts'
import { signingKeys } from '../../stores/keys.ts'

/** The end of the chain of the audit log, and whether it matches what was seen and sealed. */
export interface ChainState {
  readonly head: ChainPlace
  /** The newest row that this installation has seen, which must exist. */
  readonly seen: AuditPosition | undefined
  readonly holds: boolean
  /** The log of this database, which a stored position names. */
  readonly log: string
}

/** Checks the end of the chain, and the row of the stored position. */
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
 * The stored position, unless it belongs to a former database: one restored from a backup records
 * so in its chain, and a new one has no keys. A different log name alone does not prove it.
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

/** Whether the seal of the last row is valid after the row before it. */
async function isRight(db: Connection, key: KeyObject, head: ChainPlace): Promise<boolean> {
  if (head.number === 0) return true
  const [before, last] = await sealedRows(db, head.number - 2, 2)
  const [row, previous] = head.number === 1 ? [before, START] : [last, before]
  return row?.hash === head.hash && isAsSealed(key, previous?.hash ?? '', row)
}
