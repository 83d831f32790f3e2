import type { Revocations } from '../checks/revocations.ts'
import { MOST_ENTRIES } from '../checks/revocations.ts'
import type { Freshness } from './freshness.ts'
import type { Message, Position } from './message.ts'

/** Applies what the feed says to the copy, in order, and knows what is missing. */
export interface Follower {
  /** A new connection begins; the answer is where it may resume, `undefined` for a snapshot. */
  begin(): Position | undefined
  /**
   * Whether the copy is nearer to the log now than before; mere signs of life are no progress.
   * @throws Error with a sentence where this connection can’t be trusted any further.
   */
  hear(message: Message): boolean
  /** Whether this connection has shown that nothing is missing. */
  readonly isCurrent: boolean
  /** What has been applied; `undefined` before the first snapshot was complete. */
  readonly position: Position | undefined
}

export interface Following {
  readonly copy: Revocations
  readonly freshness: Freshness
  readonly onKeys: (keys: readonly unknown[]) => void
  /** A snapshot is complete: what was dropped from the log before it is not in it. */
  readonly onSnapshot: () => void
  readonly say: (sentence: string) => void
}

type Of<K extends Message['kind']> = Extract<Message, { kind: K }>

export function createFollower(following: Following): Follower {
  const { copy, freshness, onKeys, onSnapshot, say } = following
  let position: Position | undefined
  let mustSnapshot = true
  /** The pages that are coming in, and how many entries they had. */
  let taking: (Of<'snapshot'> & { readonly count: number }) | undefined
  let isCurrent = false
  /** The least number that the next heartbeat may have. */
  let floor = 0
  /**
   * Where the copy was known to be whole, while a snapshot waits for its time to be believed: entries that
   * were over by then are not in it, and their tokens may still be good by the former time.
   */
  let doubted: { readonly former: Position | undefined } | undefined
  /** A heartbeat that told of entries which had not come. */
  let awaited: Of<'heartbeat'> | undefined

  const distrust = (sentence: string): Error => {
    mustSnapshot = true
    return new Error(sentence)
  }
  const upTo = (time: number): void => {
    if (doubted !== undefined && freshness.mayBeLater()) return
    doubted = undefined
    freshness.applied(time)
    isCurrent = true
  }
  const add = (entry: Parameters<Revocations['add']>[0]): void => {
    if (copy.add(entry)) return
    // What was left out may be the one that counts
    freshness.forget()
    throw distrust(`has more than ${copy.size} revocations, which is all that a guard holds`)
  }
  const takePage = (page: Of<'snapshot'>): void => {
    if (taking !== undefined && (page.log !== taking.log || page.seq !== taking.seq)) {
      throw distrust('mixed the pages of two snapshots')
    }
    if (taking === undefined) {
      // All pages carry the first one's time: read again, it would be an earlier hour
      freshness.received(page.time)
      copy.begin()
    }
    const count = (taking?.count ?? 0) + page.entries.length
    if (count > MOST_ENTRIES) throw distrust(`sent a snapshot of more than ${MOST_ENTRIES} entries`)
    page.entries.forEach(add)
    taking = { ...(taking ?? page), entries: [], count }
    if (!page.more) complete(taking)
  }
  const complete = ({ log, seq, time }: Of<'snapshot'>): void => {
    if (position !== undefined && (position.log !== log || position.seq > seq)) {
      say(
        `the log was at ${position.log}:${position.seq} and is at ${log}:${seq} now, as after a restored backup; what either revokes stays revoked`,
      )
    }
    taking = undefined
    awaited = undefined
    doubted ??= { former: position }
    position = { log, seq }
    floor = seq
    mustSnapshot = false
    copy.complete()
    // All pages carry the state at the first one's time
    upTo(time)
    onSnapshot()
  }
  const revoke = ({ log, entry }: Of<'revoke'>): void => {
    // Even what proves a gap is revoked
    add(entry)
    if (taking !== undefined) return
    if (position === undefined || mustSnapshot) throw distrust('sent an entry before the snapshot')
    if (log !== undefined && log !== position.log) throw distrust(`went over to the log ${log}`)
    const next = position.seq + 1
    if (entry.seq > next) throw distrust(`left out the entry ${next}`)
    if (entry.seq === next) position = { ...position, seq: next }
    if (awaited === undefined || awaited.seq > position.seq) return
    upTo(awaited.time)
    awaited = undefined
  }
  const beat = (heartbeat: Of<'heartbeat'>): boolean => {
    const { log, seq, time } = heartbeat
    if (taking !== undefined || position === undefined || mustSnapshot) {
      freshness.received(time)
      return false
    }
    if (log !== position.log) throw distrust(`went over to the log ${log}`)
    if (seq < floor) throw distrust(`went back from entry ${floor} to ${seq}`)
    if (awaited !== undefined) throw distrust(`left out the entry ${position.seq + 1}`)
    freshness.received(time)
    // The next one’s read begins after this one: by then all that has come so far was written
    floor = Math.max(seq, position.seq)
    if (seq > position.seq) awaited = heartbeat
    else upTo(time)
    return awaited === undefined
  }
  return {
    begin: () => {
      taking = undefined
      awaited = undefined
      isCurrent = false
      floor = position?.seq ?? 0
      return mustSnapshot ? undefined : position
    },
    hear: (message) => {
      switch (message.kind) {
        case 'heartbeat':
          return beat(message)
        case 'keys':
          onKeys(message.keys)
          return false
        case 'snapshot':
          takePage(message)
          return true
        case 'revoke':
          revoke(message)
          return true
      }
    },
    get isCurrent() {
      return isCurrent
    },
    get position() {
      return doubted === undefined ? position : doubted.former
    },
  }
}
