import type { KeyObject } from 'node:crypto'
import type { Database } from '../../database/database.ts'
import { START } from '../../stores/audit/audit-chain.ts'
import type { SealedRow } from '../../stores/audit/audit-chain.ts'
import type { ChainPlace } from '../../stores/audit/chain-place.ts'
import { checkChain } from './check-chain.ts'
import type { Broken, Verified } from '../../model/verified.ts'
import type { AuditChain } from './open.ts'
import { auditEntry } from '../../views/audit-entry.ts'
import type { AuditEntry } from '../../views/audit-entry.ts'
import { createTally, placeBefore, rowsOf } from './verify.ts'

/** An exported row, with the seal of the row before it. */
export interface ExportedRow extends AuditEntry {
  readonly previous: string
  readonly hash: string
  /** The second seal of a row from which an erasure has removed values. */
  readonly erased?: string
}

/** The last line of an export: the last exported row. */
export interface ExportedHead {
  readonly head: ChainPlace
}

/** Yields every row after a number, also broken ones, then the head. */
export async function* exportAudit(
  database: Database,
  audit: AuditChain,
  after = 0,
): AsyncGenerator<ExportedRow | ExportedHead> {
  await audit.seal()
  let at = await placeBefore(database, after + 1)
  for await (const row of rowsOf(database, after === 0 ? undefined : after)) {
    const erased = row.erased === null ? {} : { erased: row.erased }
    yield { ...auditEntry(row), previous: at.hash, hash: row.hash, ...erased }
    at = { number: row.number, hash: row.hash }
  }
  yield { head: at }
}

/** Checks the lines of an export, from its first row to its head. */
export async function verifyExport(
  key: KeyObject,
  lines: AsyncIterable<string>,
): Promise<Verified> {
  let check = checkChain(key, START, Infinity)
  let head: ChainPlace | undefined
  const tally = createTally()
  const verified = (broken?: Broken): Verified => ({ ...tally.sum(), head: check.at, broken })
  for await (const text of lines) {
    // Tools that copy text may add a byte order mark or an empty line
    const line = text.replace(/^\uFEFF/, '').trim()
    if (line === '') continue
    const value = parsed(line)
    const next = check.at.number + 1
    if (head !== undefined) return verified({ number: next, what: 'inserted' })
    if (isHead(value)) head = value.head
    else if (!isRow(value)) return verified({ number: next, what: 'edited' })
    else {
      if (tally.sum().rows === 0) {
        check = checkChain(key, { number: value.number - 1, hash: value.previous }, Infinity)
      }
      const broken = check.take(sealedRow(value))
      if (broken !== undefined) return verified(broken)
      tally.count(sealedRow(value))
    }
  }
  const { number, hash } = check.at
  // The export had no rows after the number that it was to begin after
  if (head !== undefined && tally.sum().rows === 0) return { ...verified(), head }
  if (head?.number === number && head.hash === hash) return verified()
  return verified({ number: number + 1, what: 'truncated' })
}

type Written = ExportedRow & { readonly number: number }

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown
  } catch {
    return undefined
  }
}

function isHead(value: unknown): value is ExportedHead {
  return typeof value === 'object' && value !== null && 'head' in value
}

function isRow(value: unknown): value is Written {
  return typeof value === 'object' && value !== null && 'number' in value && 'previous' in value
}

/** The row that was sealed; a line represents the same values differently. */
function sealedRow({ at, actor, account, session, details, erased, ...row }: Written): SealedRow {
  return {
    ...row,
    erased: erased ?? null,
    at: Date.parse(at),
    actor_id: actor,
    account_id: account,
    session_id: session,
    details: details === null ? null : JSON.stringify(details),
  }
}
