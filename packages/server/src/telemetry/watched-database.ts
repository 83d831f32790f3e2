import { KeyhavenError } from '@keyhaven/core/errors'
import type { Logger } from './logger.ts'
import type { Database, Moment, SealMail } from '../database/database.ts'
import type { Metrics } from './metrics.ts'
import { inSpan } from './spans.ts'
import { createWriteWatch } from './write-watch.ts'
import type { WriteWatch } from './write-watch.ts'

/** The database for flows, and the watch of its writes. */
export interface WatchedDatabase {
  readonly database: Database
  readonly writes: WriteWatch
}

interface Watching {
  readonly metrics: Metrics
  readonly log: Logger
  readonly sealMail: SealMail
}

type Work<T> = (moment: Moment) => Promise<T>

/**
 * Wraps a database to count failures, retries, durations and committed events, with a span for each
 * transaction.
 */
export function watchedDatabase(
  database: Database,
  { metrics: { database: metrics, events, mails }, log, sealMail }: Watching,
): WatchedDatabase {
  const timed = async <T>(operation: 'read' | 'transaction', run: () => Promise<T>): Promise<T> => {
    const began = performance.now()
    try {
      return await run()
    } catch (error) {
      if (error instanceof KeyhavenError && error.code === 'unavailable') metrics.errors.add({})
      throw error
    } finally {
      metrics.seconds.observe(operation, (performance.now() - began) / 1000)
    }
  }
  const within = <T>(run: () => Promise<T>): Promise<T> =>
    writes.watched(() => inSpan('keyhaven.transaction', () => timed('transaction', run)))
  /** Counts each further run of the work as a retry, and the events of the last one. */
  const counting = async <T>(transact: Database['transact'], work: Work<T>): Promise<T> => {
    let runs = 0
    let counted: string[] = []
    let queued: string[] = []
    const result = await within(() =>
      transact((moment) => {
        if (runs++ > 0) metrics.retries.add({})
        counted = []
        queued = []
        return work({ ...moment, counted, queued, sealMail })
      }),
    )
    for (const event of counted) events.add({ event })
    if (queued.length > 0) mails.add({ outcome: 'queued' }, queued.length)
    return result
  }
  const watched: Database = {
    ...database,
    read: (work) => timed('read', () => database.read(work)),
    transact: (work) => counting((run) => database.transact(run), work),
    append: (work) => counting((run) => database.append(run), work),
    prove: () => within(() => database.prove()),
  }
  const writes = createWriteWatch(() => watched.prove(), log)
  return { database: watched, writes }
}
