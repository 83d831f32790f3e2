import { KeyhavenError } from '@keyhaven/core/errors'
import type { Database } from '../../database/database.ts'
import { sealAt, sealedRows, START } from '../../stores/audit-chain.ts'
import type { ChainPlace, SealedRow } from '../../stores/audit-chain.ts'
import { checkChain } from './check-chain.ts'
import type { Broken } from './check-chain.ts'
import type { AuditChain } from './open.ts'

/** What was found of the audit log. Times are RFC 3339 texts. */
export interface Verified {
  /** How many rows were right, and from when to when they were written. */
  readonly rows: number
  readonly first: string | undefined
  readonly last: string | undefined
  /** The last row that was right. */
  readonly head: ChainPlace
  /** When the database was put back from a backup: rows of then may be in no chain. */
  readonly restored: readonly string[]
  /** The first place at which it is broken. */
  readonly broken: Broken | undefined
}

/** Rows that are read at once. */
const ROWS = 500

/** Follows the whole chain from its first row, or from the row `from` on, up to the newest that anybody has seen. */
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

/** Every sealed row behind a number, page by page. */
export async function* rowsOf(database: Database, after?: number): AsyncGenerator<SealedRow> {
  let last = after
  for (;;) {
    const rows = await database.read(({ db }) => sealedRows(db, last, ROWS))
    yield* rows
    if (rows.length < ROWS) return
    last = rows.at(-1)?.number
  }
}

/** The place behind which a row is checked. */
export async function placeBefore(database: Database, from: number): Promise<ChainPlace> {
  if (from === 1) return START
  const number = from - 1
  const hash = await database.read(({ db }) => sealAt(db, number))
  if (hash !== undefined) return { number, hash }
  throw new KeyhavenError('not_found', {
    detail: `The audit log has no row ${number}, on which row ${from} rests: begin further on.`,
  })
}

/** Counts right rows. */
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
