import { KeyhavenError } from '@keyhaven/core/errors'
import type { Logger } from './logger.ts'
import type { Database, Moment } from '../database/database.ts'
import type { Metrics } from './metrics.ts'
import { inSpan } from './spans.ts'
import { createWriteWatch } from './write-watch.ts'
import type { WriteWatch } from './write-watch.ts'

/** The database for flows, and the watch of its writes. */
export interface WatchedDatabase {
  readonly database: Database
  readonly writes: WriteWatch
}

/** Wraps a database to count failures, retries and durations, with a span for each transaction. */
export function watchedDatabase(
  database: Database,
  { databaseErrors, databaseRetries, databaseSeconds }: Metrics,
  log: Logger,
): WatchedDatabase {
  const timed = async <T>(operation: 'read' | 'transaction', run: () => Promise<T>): Promise<T> => {
    const began = performance.now()
    try {
      return await run()
    } catch (error) {
      if (error instanceof KeyhavenError && error.code === 'unavailable') databaseErrors.add({})
      throw error
    } finally {
      databaseSeconds.observe(operation, (performance.now() - began) / 1000)
    }
  }
  /** Counts each further run of the work as a retry. */
  const repeats = <T>(work: (moment: Moment) => Promise<T>) => {
    let runs = 0
    return (moment: Moment): Promise<T> => {
      if (runs++ > 0) databaseRetries.add({})
      return work(moment)
    }
  }
  const within = <T>(run: () => Promise<T>): Promise<T> =>
    writes.watched(() => inSpan('keyhaven.transaction', () => timed('transaction', run)))
  const watched: Database = {
    ...database,
    read: (work) => timed('read', () => database.read(work)),
    transact: (work) => within(() => database.transact(repeats(work))),
    append: (work) => within(() => database.append(repeats(work))),
    prove: () => within(() => database.prove()),
  }
  const writes = createWriteWatch(() => watched.prove(), log)
  return { database: watched, writes }
}
