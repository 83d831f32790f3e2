import type { Revocations } from '../checks/revocations.ts'
import { MOST_ENTRIES } from '../checks/revocations.ts'
import type { Freshness } from './freshness.ts'
import type { Message, Position } from './message.ts'

/** Applies the feed's messages to the copy, in order, and finds out if any is missing. */
export interface Follower {
  /** Begins a new connection. Returns the position to resume from, `undefined` for a snapshot. */
  begin(): Position | undefined
  /**
   * Applies a message. True if the copy is nearer to the log now than before; a sign of life is no progress.
   * @throws Error with a sentence if this connection can't be trusted any further.
   */
  receive(message: Message): boolean
  /** Whether this connection has shown that nothing is missing. */
  readonly isCurrent: boolean
  /** The position up to which everything is applied; `undefined` before the first snapshot is complete. */
  readonly position: Position | undefined
}

/** The copy that a follower fills, and its callbacks. */
export interface FollowerOptions {
  readonly copy: Revocations
  readonly freshness: Freshness
  readonly onKeys: (keys: readonly unknown[]) => void
  /** A snapshot is complete. It lacks the entries that the log had dropped before it. */
  readonly onSnapshot: () => void
  /** Logs a sentence for the people who run the API. */
  readonly notice: (sentence: string) => void
}

type Of<K extends Message['kind']> = Extract<Message, { kind: K }>

/** The options and the state of one follower. */
interface FollowerState extends FollowerOptions {
  position: Position | undefined
  mustSnapshot: boolean
  /** The snapshot whose pages are arriving, and how many entries they had. */
  taking: (Of<'snapshot'> & { readonly count: number }) | undefined
  isCurrent: boolean
  /** The least number that the next heartbeat may have. */
  floor: number
  /**
   * The last position that was complete, while the time of a newer snapshot is not trusted yet: the snapshot
   * lacks entries that were over at its time, and their tokens may still be valid by the former time.
   */
  doubted: { readonly former: Position | undefined } | undefined
  /** A heartbeat with a number whose entries have not arrived yet. */
  awaited: Of<'heartbeat'> | undefined
}

/** Creates a follower whose first connection needs a snapshot. */
export function createFollower(options: FollowerOptions): Follower {
  const state: FollowerState = {
    ...options,
    position: undefined,
    mustSnapshot: true,
    taking: undefined,
    isCurrent: false,
    floor: 0,
    doubted: undefined,
    awaited: undefined,
  }
  return {
    begin: () => {
      state.taking = undefined
      state.awaited = undefined
      state.isCurrent = false
      state.floor = state.position?.seq ?? 0
      return state.mustSnapshot ? undefined : state.position
    },
    receive: (message) => {
      switch (message.kind) {
        case 'heartbeat':
          return beat(state, message)
        case 'keys':
          state.onKeys(message.keys)
          return false
        case 'snapshot':
          takePage(state, message)
          return true
        case 'revoke':
          revoke(state, message)
          return true
      }
    },
    get isCurrent() {
      return state.isCurrent
    },
    get position() {
      return state.doubted === undefined ? state.position : state.doubted.former
    },
  }
}

function distrust(state: FollowerState, sentence: string): Error {
  state.mustSnapshot = true
  return new Error(sentence)
}

/** Everything that the service had written at `time` is applied. */
function upTo(state: FollowerState, time: number): void {
  if (state.doubted !== undefined && state.freshness.mayBeLater()) return
  state.doubted = undefined
  state.freshness.applied(time)
  state.isCurrent = true
}

function add(state: FollowerState, entry: Of<'revoke'>['entry']): void {
  const { copy, freshness } = state
  if (copy.add(entry)) return
  // The left-out entry may be one that matches a token
  freshness.forget()
  throw distrust(state, `has more than ${copy.size} revocations, which is all that a guard holds`)
}

function takePage(state: FollowerState, page: Of<'snapshot'>): void {
  const { taking } = state
  if (taking !== undefined && (page.log !== taking.log || page.seq !== taking.seq)) {
    throw distrust(state, 'mixed the pages of two snapshots')
  }
  if (taking === undefined) {
    // All pages carry the first one's time, which is too early for a later page
    state.freshness.received(page.time)
    state.copy.begin()
  }
  const count = (taking?.count ?? 0) + page.entries.length
  if (count > MOST_ENTRIES) {
    throw distrust(state, `sent a snapshot of more than ${MOST_ENTRIES} entries`)
  }
  for (const entry of page.entries) add(state, entry)
  state.taking = { ...(taking ?? page), entries: [], count }
  if (!page.more) complete(state, state.taking)
}

function complete(state: FollowerState, { log, seq, time }: Of<'snapshot'>): void {
  const { position, copy, notice, onSnapshot } = state
  if (position !== undefined && (position.log !== log || position.seq > seq)) {
    notice(
      `the log was at ${position.log}:${position.seq} and is at ${log}:${seq} now, as after a restored backup; what either revokes stays revoked`,
    )
  }
  state.taking = undefined
  state.awaited = undefined
  state.doubted ??= { former: position }
  state.position = { log, seq }
  state.floor = seq
  state.mustSnapshot = false
  copy.complete()
  // All pages carry the state at the first one's time
  upTo(state, time)
  onSnapshot()
}

function revoke(state: FollowerState, { log, entry }: Of<'revoke'>): void {
  // An entry counts even if its number proves a gap
  add(state, entry)
  const { position, awaited } = state
  if (state.taking !== undefined) return
  if (position === undefined || state.mustSnapshot) {
    throw distrust(state, 'sent an entry before the snapshot')
  }
  if (log !== undefined && log !== position.log) {
    throw distrust(state, `went over to the log ${log}`)
  }
  const next = position.seq + 1
  if (entry.seq > next) throw distrust(state, `left out the entry ${next}`)
  const reached = entry.seq === next ? next : position.seq
  state.position = { ...position, seq: reached }
  if (awaited === undefined || awaited.seq > reached) return
  upTo(state, awaited.time)
  state.awaited = undefined
}

/** Whether the heartbeat proves that nothing is missing. */
function beat(state: FollowerState, heartbeat: Of<'heartbeat'>): boolean {
  const { log, seq, time } = heartbeat
  const { position, freshness } = state
  if (state.taking !== undefined || position === undefined || state.mustSnapshot) {
    freshness.received(time)
    return false
  }
  if (log !== position.log) throw distrust(state, `went over to the log ${log}`)
  if (seq < state.floor) throw distrust(state, `went back from entry ${state.floor} to ${seq}`)
  if (state.awaited !== undefined) {
    throw distrust(state, `left out the entry ${position.seq + 1}`)
  }
  freshness.received(time)
  // The read of the next heartbeat begins after this one, when all entries received so far were written
  state.floor = Math.max(seq, position.seq)
  if (seq > position.seq) state.awaited = heartbeat
  else upTo(state, time)
  return state.awaited === undefined
}
