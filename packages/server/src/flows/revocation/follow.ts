import { setImmediate as breathe } from 'node:timers/promises'
import type { FeedMark } from '@keyhaven/core/wire'
import type { Revocations } from '@keyhaven/guard/kit'
import type { Clock } from '../../feed/clock.ts'
import type { Follow, Followed } from '../../feed/follow.ts'
import type { PositionFile } from '../../feed/position-file.ts'
import { createRecentEntries } from '../../feed/recent-entries.ts'
import type { RecentEntries } from '../../feed/recent-entries.ts'
import { logState, MOST_REMEMBERED, PAGE, revocationsAfter } from '../../stores/revocations.ts'
import type { LogState, Revocation } from '../../stores/revocations.ts'
import type { Database } from '../../database/database.ts'
import { inTurn } from '../../database/in-turn.ts'
import type { UnreadEntries } from '../../feed/unread-entries.ts'
import type { Recovery } from './recover.ts'
import { createFollowNotices } from './follow-notices.ts'
import type { Notified } from './follow-notices.ts'

interface Parts extends Notified {
  readonly revocations: Revocations
  readonly position: PositionFile
  readonly clock: Clock
  /** Entries that this process has acknowledged: a complete read must contain them. */
  readonly unread: UnreadEntries<Revocation>
  readonly recover: Recovery
}

interface Seen extends Followed {
  /** Whether the last entry that this process has read is still there under its number. */
  readonly same: boolean
  readonly entries: readonly Revocation[]
  /** The fact with the place of the newest notice. */
  readonly notice: string | undefined
}

/** How far this process has read: the position, and the last entry before it. */
interface Progress {
  readonly at: FeedMark | undefined
  readonly tip: Revocation | undefined
}

const NOTHING: Progress = { at: undefined, tip: undefined }

/** Reads the log for one process and applies new entries; calls during a read share the next one. */
export function createFollow(parts: Parts): Follow {
  const recent = createRecentEntries<Revocation>(MOST_REMEMBERED)
  let progress = NOTHING
  const notices = createFollowNotices(parts)
  return inTurn(async () => {
    for (;;) {
      const began = performance.now()
      const acknowledged = parts.unread.expected()
      const seen = await readLog(parts.database, progress)
      const { at: before } = progress
      if (before !== undefined && !continues(before, seen)) {
        await recoverLog(parts, before, recent)
        progress = NOTHING
        notices.forget()
        continue
      }
      await notices.read(seen.notice)
      // Keys first, so that no token of a withdrawn key is issued after its entry is applied
      if (seen.entries.some(({ kind }) => kind === 'kid')) await parts.keys.reload()
      const at = applyEntries(parts, recent, { ...seen, after: startOf(before, seen.log) })
      progress = { at, tip: seen.entries.at(-1) ?? progress.tip }
      if (at.seq < seen.seq) {
        // Applying page after page would block everything else
        await breathe()
        continue
      }
      if (await recoverEntries(parts, acknowledged, seen.time)) continue
      parts.clock.set(began)
      parts.guardListeners.keys(parts.keys.at(seen.time).jwks)
      parts.position.note(at)
      parts.guardListeners.beat()
      return { ...at, dropped: seen.dropped }
    }
  })
}

/** Reads the page after the number that was reached. */
async function readLog(database: Database, { at, tip }: Progress): Promise<Seen> {
  let state = await readState(database)
  if (state.hasPending) {
    // A process that died may have left entries without a number
    await database.number()
    state = await readState(database)
  }
  const { log, seq, newest } = state
  const after = startOf(at, log)
  // Starts at the last known entry: after a failover another entry may have its number
  const from = Math.max(0, after - 1)
  const page = seq > after ? await database.read(({ db }) => revocationsAfter(db, from)) : []
  const [first] = page
  const here = first?.seq === after ? first.id : seq === after ? newest : null
  const same = tip?.seq !== after || here === null || here === tip.id
  return { ...state, same, entries: page.filter((entry) => entry.seq > after) }
}

function readState(database: Database): Promise<LogState & { readonly time: number }> {
  return database.read(async ({ db, now }) => ({ ...(await logState(db)), time: now }))
}

/** The number that was reached in this log. */
function startOf(at: FeedMark | undefined, log: string): number {
  return at?.log === log ? at.seq : 0
}

/** Whether the log continues what was read of it. */
function continues(before: FeedMark, { log, seq, same }: Seen): boolean {
  return before.log === log && before.seq <= seq && same
}

/** Recovers lost entries before the log is read from its beginning. */
async function recoverLog(
  { recover, guardListeners, pageListeners }: Parts,
  { log, seq }: FeedMark,
  recent: RecentEntries<Revocation>,
): Promise<void> {
  const outcome = await recover.log({ log, read: seq, recent })
  guardListeners.end()
  if (outcome === 'kept') pageListeners.allChanged()
  else pageListeners.allEnded()
  recent.clear()
}

/** Applies a page that follows a number. @returns the position that it reaches. */
function applyEntries(
  { revocations, unread, pageListeners, guardListeners }: Parts,
  recent: RecentEntries<Revocation>,
  { log, seq, time, entries, after }: Seen & { readonly after: number },
): FeedMark {
  const last = entries.at(-1)?.seq ?? after
  const reached = entries.length >= PAGE - 1 ? last : Math.max(last, seq)
  // Entries were deleted before this process read them, so its guards reconnect for a snapshot
  if (reached - after !== entries.length) guardListeners.end()
  for (const entry of entries) revocations.add(entry)
  pageListeners.revoked(entries)
  recent.add(entries)
  unread.read(entries)
  const position = { log, seq: reached, time }
  guardListeners.advance(position, entries)
  return position
}

/**
 * Appends entries again that were acknowledged before the read and that the log has lost.
 * @returns whether there were any.
 */
async function recoverEntries(
  { unread, recover }: Parts,
  acknowledged: readonly Revocation[],
  time: number,
): Promise<boolean> {
  const expected = new Set(unread.expected())
  const missed = acknowledged.filter((entry) => expected.has(entry))
  if (missed.length === 0) return false
  // Expired ones may have been purged
  const lost = await recover.entries(missed.filter(({ until }) => until > time))
  unread.read(missed.filter((entry) => !lost.includes(entry)))
  return lost.length > 0
}
