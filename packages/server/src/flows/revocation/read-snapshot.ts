import type { FeedMark, FeedSnapshot, RevocationEntry } from '@keyhaven/core/wire'
import { sentEntries } from '../../feed/sent-entries.ts'
import type { FeedVersion } from '../../feed/sent-entries.ts'
import { PAGE, revocationsAfter } from '../../stores/revocations.ts'
import type { Context } from '../context.ts'

/** A page of a snapshot, and the number after which the next one begins. */
export interface SnapshotPage {
  readonly page: FeedSnapshot
  readonly last: number
}

/** A page of a snapshot, for guards of a version. */
export interface SnapshotRequest {
  readonly position: FeedMark
  readonly after: number
  readonly version: FeedVersion
}

/** Reads one page of the log as of a position, after a number. Every page contains the position. */
export function readSnapshot(
  { database }: Pick<Context, 'database'>,
  { position: { log, seq, time }, after, version }: SnapshotRequest,
): Promise<SnapshotPage> {
  return database.read(async ({ db }) => {
    const read = await revocationsAfter(db, after, seq)
    const entries: RevocationEntry[] = []
    let last = after
    for (const entry of read) {
      const sent = sentEntries(version, entry)
      // An entry that is sent as several may exceed this page; it then begins the next one
      if (entries.length > 0 && entries.length + sent.length > PAGE) break
      entries.push(...sent)
      last = entry.seq
    }
    const isWhole = last === (read.at(-1)?.seq ?? after)
    const more = last < seq && !(isWhole && read.length < PAGE)
    return { page: { log, seq, time, entries, more }, last: more ? last : seq }
  })
}
