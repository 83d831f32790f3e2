import type { KeyObject } from 'node:crypto'
import { setImmediate as breathe } from 'node:timers/promises'
import type { Connection, Database } from '../database/database.ts'
import { inTurn } from '../database/in-turn.ts'
import type { AuditMark } from '../feed/audit-mark.ts'
import type { MarkFile } from '../feed/mark-file.ts'
import { sealOf } from '../secrets/audit-seal.ts'
import type { KeyBox } from '../secrets/key-box.ts'
import { findHead, hasUnsealed, lastSealed, lockHead, putHead } from '../stores/audit-chain.ts'
import { putSeal, sealAt, sealedRows, START, unsealedRows } from '../stores/audit-chain.ts'
import type { ChainPlace } from '../stores/audit-chain.ts'
import { findFact } from '../stores/installation.ts'
import { openAuditKey } from './open-audit-key.ts'

/** The chain of the audit log, as one process continues it. */
export interface AuditChain {
  readonly key: KeyObject
  /** The newest row that this installation has seen. */
  readonly mark: MarkFile<AuditMark>
  /** Takes what was committed before the call into the chain, whoever wrote it. */
  seal(): Promise<ChainState>
}

/** How far the chain reaches, and whether its end is what was seen and sealed. */
export interface ChainState {
  readonly log: string
  readonly head: ChainPlace
  readonly holds: boolean
}

/** Rows that are sealed at once. */
const BATCH = 200

/** Opens the chain with the key that seals it, and makes both at first start. */
export async function openAudit(
  database: Database,
  box: KeyBox,
  mark: MarkFile<AuditMark>,
): Promise<AuditChain> {
  const key = await openAuditKey(database, box)
  const look = (): Promise<ChainState & { readonly more: boolean }> =>
    database.read(async ({ db }) => {
      const log = (await findFact(db, 'log')) ?? ''
      const seen = mark.newest()
      const head = (await findHead(db)) ?? START
      const isThere = seen?.log !== log || (await sealAt(db, seen.seq)) === seen.hash
      const holds = isThere && (await isRight(db, key, head))
      return { log, head, holds, more: await hasUnsealed(db) }
    })
  const seal = inTurn(async () => {
    for (;;) {
      const { more, ...state } = await look()
      const { log, head, holds } = state
      // What was seen of a chain that has lost it stays, and nobody else's row takes its place
      if (!more && holds && head.number > 0) mark.note({ log, seq: head.number, hash: head.hash })
      if (!more) return state
      await database.transact(({ db }) => sealSome(db, key))
      await breathe()
    }
  })
  return { key, mark, seal }
}

/** Continues the chain behind its last row, or behind its head where rows have been taken away. */
async function sealSome(db: Connection, key: KeyObject): Promise<void> {
  const head = await lockHead(db)
  const last = await lastSealed(db)
  let at = last.number >= head.number ? last : head
  for (const row of await unsealedRows(db, BATCH)) {
    const number = at.number + 1
    at = { number, hash: sealOf(key, at.hash, { ...row, number }) }
    await putSeal(db, row.id, at)
  }
  await putHead(db, at)
}

/** Whether the last row bears the seal that it must bear behind the one before it. */
async function isRight(db: Connection, key: KeyObject, head: ChainPlace): Promise<boolean> {
  if (head.number === 0) return true
  const [before, last] = await sealedRows(db, head.number - 2, 2)
  const [row, previous] = head.number === 1 ? [before, START] : [last, before]
  return row?.hash === head.hash && row.hash === sealOf(key, previous?.hash ?? '', row)
}
