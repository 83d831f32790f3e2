import { setImmediate as breathe } from 'node:timers/promises'
import type { Database, Moment } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import { inTurn } from '../../database/in-turn.ts'
import {
  claimDue,
  claimRow,
  deleteDelivered,
  hasDue,
  laneOf,
  postpone,
} from '../../stores/delivery/outbox.ts'
import type { OutboxRow } from '../../stores/delivery/outbox.ts'
import { deliverNotices } from './notices.ts'

/** The outbox, as one process delivers it. */
export interface Outbox {
  /**
   * Delivers the rows that were committed before the call and that no other process is delivering,
   * for half a second at most. Simultaneous calls share a run.
   */
  deliver(): Promise<void>
}

/** Delivers rows in the transaction that has claimed them. */
export type Consumer = (moment: Moment, rows: readonly OutboxRow[]) => Promise<void>

/** What delivers rows, by the column `consumer`. */
const consumers: ReadonlyMap<string, Consumer> = new Map([['notices', deliverNotices]])

interface Needs {
  readonly database: Database
  /** Called after a batch, when other processes can read what was delivered. */
  readonly delivered: () => void
  /** Called for a row that could not be delivered; it is tried again. */
  readonly failed: (row: OutboxRow, error: unknown) => void
}

/** Rows in one transaction. */
const BATCH = 100

/** Milliseconds of a run; the next one follows within 100 ms. */
const RUN = 500

/**
 * Creates the delivery. A row is deleted in the transaction that delivers it, so a process that is
 * killed leaves it to the next one. A row that fails holds back later rows of its account only.
 */
export function createOutbox({ database, delivered, failed }: Needs): Outbox {
  const batch = (claimed: Locked<OutboxRow>[]): Promise<number> =>
    database.transact(async (moment) => {
      // If the database runs the work again, other rows may be claimed
      claimed.splice(0, claimed.length, ...(await claimDue(moment, BATCH)))
      await deliverRows(moment, claimed)
      return claimed.length
    })
  const one = async (row: OutboxRow): Promise<boolean> => {
    try {
      await database.transact(async (moment) => {
        const claimed = await claimRow(moment.db, row.id)
        if (claimed !== undefined) await deliverRows(moment, [claimed])
      })
      return true
    } catch (error) {
      // If the database is to blame, this fails too and ends the run
      await database.transact((moment) => postpone(moment, row.id))
      failed(row, error)
      return false
    }
  }
  const oneByOne = async (rows: readonly OutboxRow[]): Promise<void> => {
    const stuck = new Set<string>()
    for (const row of rows) {
      if (!stuck.has(laneOf(row)) && !(await one(row))) stuck.add(laneOf(row))
      await breathe()
    }
  }
  const deliver = inTurn(async () => {
    const deadline = performance.now() + RUN
    while (performance.now() < deadline && (await database.read(hasDue))) {
      const claimed: Locked<OutboxRow>[] = []
      try {
        // Other processes may be delivering all of them
        if ((await batch(claimed)) === 0) return
      } catch (error) {
        if (claimed.length === 0) throw error
        await oneByOne(claimed)
      }
      delivered()
      // SQLite would serve nothing else until the last batch
      await breathe()
    }
  })
  return { deliver }
}

async function deliverRows(moment: Moment, rows: readonly Locked<OutboxRow>[]): Promise<void> {
  for (const [name, group] of Map.groupBy(rows, ({ consumer }) => consumer)) {
    const consumer = consumers.get(name)
    if (consumer === undefined) throw new Error(`this version has no consumer ${name}`)
    await consumer(moment, group)
  }
  if (rows.length > 0) await deleteDelivered(moment.db, rows)
}
