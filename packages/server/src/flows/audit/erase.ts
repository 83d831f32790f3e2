import type { KeyObject } from 'node:crypto'
import type { Connection } from '../../database/database.ts'
import { erasureSealOf, isAsSealed } from '../../secrets/audit-seal.ts'
import { lockHead } from '../../stores/audit/audit-chain.ts'
import type { AuditRow } from '../../stores/audit/audit.ts'
import { putErased, rowsToErase, sealsAt } from '../../stores/audit/erase-audit.ts'
import type { AuditOf } from '../../stores/audit/erase-audit.ts'

/**
 * Removes from audit rows what they contain of a person, and seals what is left, so that the chain
 * can still be verified. A row that was edited before gets no valid seal: it stays found.
 * @returns how many rows changed; fewer than `most` if they were the last.
 */
export async function eraseAudit(
  db: Connection,
  key: KeyObject,
  { most, ...of }: AuditOf & { readonly most: number },
): Promise<number> {
  const head = await lockHead(db)
  const rows = await rowsToErase(db, of, most)
  const before = rows.flatMap(({ number }) => (number === null || number === 1 ? [] : [number - 1]))
  const seals = await sealsAt(db, before)
  const left = rows.map((row) => ({ ...row, ...removed(row, of) }))
  await putErased(
    db,
    head,
    left.map((row, at) => ({ ...row, erased: sealOf(key, seals, { was: rows[at] ?? row, row }) })),
  )
  return rows.length
}

function removed(row: AuditRow, { account, logins }: AuditOf): Partial<AuditRow> {
  const isOfLogin = row.account_id === null && logins.includes(row.details ?? '')
  const isTheirs = row.actor_id === account.id || row.actor_id === null
  const isWritten = row.account_id === account.id && row.actor_id !== null
  return {
    ...(isTheirs && { address: null }),
    ...(isWritten && { reason: null }),
    ...(isOfLogin && { details: null }),
  }
}

interface Change {
  readonly was: AuditRow
  readonly row: AuditRow
}

/** The second seal; `null` for a row that has no place in the chain yet. */
function sealOf(
  key: KeyObject,
  seals: ReadonlyMap<number, string>,
  { was, row: { number, hash, ...row } }: Change,
): string | null {
  if (number === null || hash === null) return null
  const previous = seals.get(number - 1) ?? ''
  const sealed = { number, hash }
  if (!isAsSealed(key, previous, { ...was, ...sealed })) return EDITED
  return erasureSealOf(key, previous, { ...row, ...sealed })
}

/** No valid seal: what the row contained was not what was sealed. */
const EDITED = 'edited'
