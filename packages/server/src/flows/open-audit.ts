import { randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { setImmediate as breathe } from 'node:timers/promises'
import { ConfigurationError } from '../config/configuration-error.ts'
import type { Connection, Database } from '../database/database.ts'
import { inTurn } from '../database/in-turn.ts'
import type { AuditMark } from '../feed/audit-mark.ts'
import type { MarkFile } from '../feed/mark-file.ts'
import { sealOf } from '../secrets/audit-seal.ts'
import { hmacKey } from '../secrets/hash.ts'
import type { KeyBox } from '../secrets/key-box.ts'
import { findHead, hasUnsealed, lastSealed, lockHead, putHead } from '../stores/audit-chain.ts'
import { putSeal, sealAt, START, unsealedRows } from '../stores/audit-chain.ts'
import type { ChainPlace } from '../stores/audit-chain.ts'
import { findFact, lockInstallation } from '../stores/installation.ts'
import { putServiceKey, serviceKeys } from '../stores/keys.ts'

/** The chain of the audit log, as one process continues it. */
export interface AuditChain {
  readonly key: KeyObject
  /** The newest row that this installation has seen. */
  readonly mark: MarkFile<AuditMark>
  /** Takes what was committed before the call into the chain, whoever wrote it. */
  seal(): Promise<ChainState>
}

/** How far the chain reaches, and whether it still holds the newest row that was seen of it. */
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
  const key = await openKey(database, box)
  const look = (): Promise<ChainState & { readonly more: boolean }> =>
    database.read(async ({ db }) => {
      const log = (await findFact(db, 'log')) ?? ''
      const seen = mark.newest()
      const holds = seen?.log !== log || (await sealAt(db, seen.seq)) === seen.hash
      const head = (await findHead(db)) ?? START
      return { log, head, holds, more: await hasUnsealed(db) }
    })
  const seal = inTurn(async () => {
    for (;;) {
      const { more, ...state } = await look()
      const { log, head, holds } = state
      // What was seen of a chain that has lost it stays: it is the only trace
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

async function openKey(database: Database, box: KeyBox): Promise<KeyObject> {
  const secret = await database.transact(async ({ db }) => {
    await lockInstallation(db)
    const known = (await serviceKeys(db)).get('audit')
    if (known !== undefined) return box.openSecret('audit', known)
    // A new key would hide that the old one is gone, and what was changed with it
    if ((await findHead(db)) !== undefined) throw new ConfigurationError(lost)
    const made = randomBytes(32)
    await putServiceKey(db, 'audit', box.sealSecret('audit', made))
    await putHead(db, START)
    return made
  })
  return hmacKey(secret)
}

const lost =
  'The database has lost the key of its audit log: restore it from a backup, or set KEYHAVEN_DATA to an empty folder to begin anew.'
