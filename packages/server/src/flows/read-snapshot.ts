import type { FeedMark, FeedSnapshot } from '@keyhaven/core/wire'
import { PAGE, revocationsAfter } from '../stores/revocations.ts'
import type { Rooms } from './rooms.ts'

/** A page of a snapshot, and the number behind which the next one begins. */
export interface SnapshotPage {
  readonly page: FeedSnapshot
  readonly last: number
}

/** Reads one page of the log as it was at a mark, behind a number. Every page says what the mark says. */
export function readSnapshot(
  { database }: Pick<Rooms, 'database'>,
  { log, seq, time }: FeedMark,
  after: number,
): Promise<SnapshotPage> {
  return database.read(async ({ db }) => {
    const entries = await revocationsAfter(db, after, seq)
    const last = entries.at(-1)?.seq ?? seq
    const more = entries.length === PAGE && last < seq
    return { page: { log, seq, time, entries, more }, last }
  })
}
