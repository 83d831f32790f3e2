import type { KeyObject } from 'node:crypto'
import { setImmediate as breathe } from 'node:timers/promises'
import type { Connection, Database } from '../../database/database.ts'
import { inTurn } from '../../database/in-turn.ts'
import type { AuditPosition } from '../../feed/audit-position.ts'
import type { PositionFile } from '../../feed/position-file.ts'
import { auditSealOf } from '../../secrets/audit-seal.ts'
import type { KeyBox } from '../../secrets/key-box.ts'
import { hasUnsealed, lastSealed, lockHead, putHead } from '../../stores/audit/audit-chain.ts'
import { putSeals, unsealedRows } from '../../stores/audit/audit-chain.ts'
import type { Seal } from '../../stores/audit/audit-chain.ts'
import type { ChainPlace } from '../../stores/audit/chain-place.ts'
import { checkAuditEnd } from './check-end.ts'
import type { ChainState } from './check-end.ts'
import { openAuditKey } from './open-key.ts'

/** The chain of the audit log, as one process continues it. */
export interface AuditChain {
  readonly key: KeyObject
  /** The newest row that this installation has seen. */
  readonly position: PositionFile<AuditPosition>
  /** Whether the last check found the end that this installation sealed. */
  readonly intact: boolean
  /** Whether any row is not sealed yet. */
  isDue(): Promise<boolean>
  /**
   * Seals the oldest rows in a transaction, if `may` allows it there.
   * @returns how many; fewer than 200 if they were the last.
   */
  sealSome(may: (db: Connection) => Promise<boolean>): Promise<number>
  /** Compares the end of the chain with what this installation has seen, and stores it as seen. */
  check(): Promise<ChainState>
  /** Seals every row that was committed before the call, by any process, and checks the end. */
  seal(): Promise<ChainState>
}

/** Rows sealed in one transaction. */
export const SEALED_TOGETHER = 200

/** Opens the chain with the key that seals it; creates both at first start. */
export async function openAudit(
  database: Database,
  box: KeyBox,
  position: PositionFile<AuditPosition>,
): Promise<AuditChain> {
  const key = await openAuditKey(database, box)
  let intact = true
  const isDue = (): Promise<boolean> => database.read(({ db }) => hasUnsealed(db))
  const sealSome: AuditChain['sealSome'] = (may) =>
    database.transact(async ({ db }) => ((await may(db)) ? sealOldest(db, key) : 0))
  const check = async (): Promise<ChainState> => {
    const state = await database.read(({ db }) => checkAuditEnd(db, key, position.newest()))
    const { log, head, holds } = state
    intact = holds
    // If the chain has lost the row that was seen, its position stays stored
    if (holds) position.note({ log, seq: head.number, hash: head.hash })
    return state
  }
  const seal = inTurn(async () => {
    while (await isDue()) {
      await sealSome(async () => true)
      await breathe()
    }
    return check()
  })
  return {
    key,
    position,
    isDue,
    sealSome,
    check,
    seal,
    get intact() {
      return intact
    },
  }
}

/**
 * Continues the chain after its last row, or after its head if rows were deleted. Transactions
 * write rows without a place in the chain, so that none waits for another; this gives them one.
 */
async function sealOldest(db: Connection, key: KeyObject): Promise<number> {
  const head = await lockHead(db)
  const last = await lastSealed(db)
  let at: ChainPlace = last.number >= head.number ? last : head
  const seals: Seal[] = []
  for (const row of await unsealedRows(db, SEALED_TOGETHER)) {
    const number = at.number + 1
    at = { number, hash: auditSealOf(key, at.hash, { ...row, number }) }
    seals.push({ ...at, id: row.id })
  }
  await putSeals(db, head, seals)
  await putHead(db, head, at)
  return seals.length
}
