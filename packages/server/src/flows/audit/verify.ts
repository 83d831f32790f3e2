import { KeyhavenError } from '@keyhaven/core/errors'
import type { Database } from '../../database/database.ts'
import { sealAt, sealedRows, START } from '../../stores/audit/audit-chain.ts'
import type { SealedRow } from '../../stores/audit/audit-chain.ts'
import type { ChainPlace } from '../../stores/audit/chain-place.ts'
import { checkChain } from './check-chain.ts'
import type { Broken, Verified } from '../../model/verified.ts'
import type { AuditChain } from './open.ts'

/** Rows in one read. */
const ROWS = 500

/**
 * Verifies the chain from its first row, or from row `from`, up to the newest row that this
 * installation has seen.
 */
export async function verifyAudit(
  database: Database,
  audit: AuditChain,
  from = 1,
): Promise<Verified> {
  const { head, seen } = await audit.seal()
  const check = checkChain(audit.key, await placeBefore(database, from), head.number)
  const tally = createTally()
  const verified = (broken?: Broken): Verified => ({ ...tally.sum(), head: check.at, broken })
  for await (const row of rowsOf(database, from === 1 ? undefined : from - 1)) {
    const broken = check.take(row)
    if (broken !== undefined) return verified(broken)
    if (row.number === seen?.seq && row.hash !== seen.hash) {
      return verified({ number: row.number, what: 'replaced' })
    }
    tally.count(row)
  }
  const newest = Math.max(head.number, seen?.seq ?? 0)
  const { number } = check.at
  return verified(number < newest ? { number: number + 1, what: 'truncated' } : undefined)
}

/** Yields every sealed row after a number, page by page. */
export async function* rowsOf(database: Database, after?: number): AsyncGenerator<SealedRow> {
  let last = after
  for (;;) {
    const rows = await database.read(({ db }) => sealedRows(db, last, ROWS))
    yield* rows
    if (rows.length < ROWS) return
    last = rows.at(-1)?.number
  }
}

/** The place in the chain after which a row is checked. @throws KeyhavenError `not_found`. */
export async function placeBefore(database: Database, from: number): Promise<ChainPlace> {
  if (from === 1) return START
  const number = from - 1
  const hash = await database.read(({ db }) => sealAt(db, number))
  if (hash !== undefined) return { number, hash }
  throw new KeyhavenError('not_found', {
    detail: `The audit log has no row ${number}, which row ${from} is sealed with: begin at a later row.`,
  })
}

/** Counts correct rows. */
export function createTally() {
  let rows = 0
  let first: number | undefined
  let last: number | undefined
  const restored: string[] = []
  const text = (time: number | undefined): string | undefined =>
    time === undefined ? undefined : new Date(time).toISOString()
  return {
    count: ({ at, action }: Pick<SealedRow, 'at' | 'action'>): void => {
      rows += 1
      first ??= at
      last = at
      if (action === 'database.restored') restored.push(new Date(at).toISOString())
    },
    sum: () => ({ rows, first: text(first), last: text(last), restored }),
  }
}
