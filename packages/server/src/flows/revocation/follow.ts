import { setImmediate as breathe } from 'node:timers/promises'
import type { FeedMark } from '@keyhaven/core/wire'
import type { Revocations } from '@keyhaven/guard'
import type { PageListeners } from '../../feed/page-listeners.ts'
import type { Clock } from '../../feed/clock.ts'
import type { Follow, Followed } from '../../feed/follow.ts'
import type { GuardReports } from '../../feed/guard-reports.ts'
import type { GuardListeners } from '../../feed/guard-listeners.ts'
import type { PositionFile } from '../../feed/position-file.ts'
import { createRecentEntries } from '../../feed/recent-entries.ts'
import { guardIds } from '../../stores/guards.ts'
import { findFacts } from '../../stores/installation.ts'
import { logEnds, MOST_REMEMBERED, PAGE, revocationsAfter } from '../../stores/revocations.ts'
import type { Revocation } from '../../stores/revocations.ts'
import type { Database } from '../../database/database.ts'
import { inTurn } from '../../database/in-turn.ts'
import type { GuardKeys } from '../../feed/guard-keys.ts'
import type { UnreadEntries } from '../../feed/unread-entries.ts'
import type { Recovery } from './recover.ts'
import type { Keys } from '../../model/keys.ts'

interface Parts {
  readonly database: Database
  readonly keys: Keys
  readonly revocations: Revocations
  readonly pageListeners: PageListeners
  readonly guardListeners: GuardListeners
  readonly reports: GuardReports
  readonly guardKeys: GuardKeys
  readonly position: PositionFile
  readonly clock: Clock
  /** What this process has acknowledged: a complete read must have it. */
  readonly unread: UnreadEntries<Revocation>
  readonly recover: Recovery
}

interface Seen extends Followed {
  /** Whether the entry at which this process stands is the one that it has read. */
  readonly same: boolean
  readonly entries: readonly Revocation[]
  readonly facts: ReadonlyMap<string, string>
}

/** Reads and takes over the log for one process; each call is one read for all who listen. */
export function createFollow(parts: Parts): Follow {
  const { pageListeners, guardListeners, keys } = parts
  const recent = createRecentEntries<Revocation>(MOST_REMEMBERED)
  let at: FeedMark | undefined
  /** The entry at which this process stands. */
  let tip: Revocation | undefined
  let facts: ReadonlyMap<string, string> = new Map()

  const read = async (): Promise<Seen> => {
    // A process that died may have left some without a number
    await parts.database.number()
    return parts.database.read(async ({ db, now }) => {
      const found = await findFacts(db, ['log', 'keys', 'guards'])
      const log = found.get('log') ?? ''
      const after = at?.log === log ? at.seq : 0
      const { seq, dropped, newest } = await logEnds(db)
      // From the last known entry on: after a failover another may have its number
      const page = seq > after ? await revocationsAfter(db, Math.max(0, after - 1)) : []
      const [first] = page
      const here = first?.seq === after ? first.id : seq === after ? newest : null
      const same = tip?.seq !== after || here === null || here === tip.id
      const entries = page.filter((entry) => entry.seq > after)
      return { log, seq, dropped, same, time: now, entries, facts: found }
    })
  }

  /** Takes over a page; the answer is how far that reaches. */
  const takeOver = ({ log, seq, time, entries }: Seen): FeedMark => {
    const after = at?.log === log ? at.seq : 0
    const last = entries.at(-1)?.seq ?? after
    const reached = entries.length >= PAGE - 1 ? last : Math.max(last, seq)
    // Entries were dropped before this process saw them: its guards come again for the whole
    if (reached - after !== entries.length) guardListeners.end()
    for (const entry of entries) parts.revocations.add(entry)
    pageListeners.revoked(entries)
    recent.add(entries)
    parts.unread.read(entries)
    tip = entries.at(-1) ?? tip
    const position = { log, seq: reached, time }
    guardListeners.advance(position, entries)
    return position
  }

  const takeFacts = async (found: ReadonlyMap<string, string>): Promise<void> => {
    if (found.get('keys') !== facts.get('keys')) await keys.reload()
    if (found.get('guards') !== facts.get('guards')) {
      const guards = await parts.database.read(({ db }) => guardIds(db))
      guardListeners.keep(guards)
      parts.reports.keep(guards)
      parts.guardKeys.forget()
    }
    facts = found
  }

  /** Whether the log goes on from what was read of it; if not, what was lost is mended first. */
  const goesOn = async ({ log, seq, same }: Seen): Promise<boolean> => {
    if (at === undefined || (at.log === log && at.seq <= seq && same)) return true
    const outcome = await parts.recover.log({ log: at.log, read: at.seq, recent })
    guardListeners.end()
    if (outcome === 'kept') pageListeners.allChanged()
    else pageListeners.allEnded()
    recent.clear()
    tip = undefined
    at = undefined
    return false
  }

  /** Whether the log lacked something that was acknowledged before it was read; then it has it again. */
  const lacks = async (acknowledged: readonly Revocation[], time: number): Promise<boolean> => {
    const unread = new Set(parts.unread.expected())
    const missed = acknowledged.filter((entry) => unread.has(entry))
    if (missed.length === 0) return false
    // What has ended since may have been dropped
    const lost = await parts.recover.entries(missed.filter(({ until }) => until > time))
    parts.unread.read(missed.filter((entry) => !lost.includes(entry)))
    return lost.length > 0
  }

  return inTurn(async () => {
    for (;;) {
      const began = performance.now()
      const acknowledged = parts.unread.expected()
      const seen = await read()
      const { dropped, time } = seen
      if (!(await goesOn(seen))) continue
      // Keys first: a token of one that is withdrawn here is never followed by another of it
      await takeFacts(seen.facts)
      at = takeOver(seen)
      if (at.seq < seen.seq) {
        // Page after page would leave no time for those that are told
        await breathe()
        continue
      }
      if (await lacks(acknowledged, time)) continue
      parts.clock.set(began)
      guardListeners.keys(keys.at(time).jwks)
      parts.position.note(at)
      guardListeners.beat()
      return { ...at, dropped }
    }
  })
}
