import type { FeedMark } from '@keyhaven/core/wire'
import type { Revocation } from '../stores/revocations.ts'
import { revokeTexts } from './sent-entries.ts'
import { createGuardConnections } from './guard-connections.ts'
import type { GuardConnections } from './guard-connections.ts'
import { eventText } from './event-writer.ts'

/** Milliseconds between two heartbeats: slightly less than a second, because reads are not punctual. */
const BEAT = 950

/** The open feeds of this process. Each event is made into text once and written to all of them. */
export interface GuardListeners
  extends Pick<GuardConnections, 'reserve' | 'keep' | 'end' | 'counts' | 'received'> {
  /** The position up to which entries were sent, and the time of the read that found it. */
  readonly at: FeedMark
  /** Sends the entries that follow those sent before, up to this position. */
  advance(position: FeedMark, entries: readonly Revocation[]): void
  /** Sends the whole key set if it differs from the one sent last. */
  keys(jwks: object): void
  /** Sends a heartbeat after a read of the log, at most once a second. */
  beat(): void
}

/** `dropped` is called with the guard of a connection that was closed because it did not read. */
export function createGuardListeners(dropped: (guardId: string) => void): GuardListeners {
  let at: FeedMark = { log: '', seq: 0, time: 0 }
  let keysText = ''
  let lastBeat = 0
  let beatAt = -Infinity
  const heartbeat = (): string => eventText('heartbeat', at)
  const greeting = () => ({ text: keysText + heartbeat(), time: at.time })
  const connections = createGuardConnections(greeting, dropped)
  return {
    reserve: (guardId) => connections.reserve(guardId),
    keep: (guards) => connections.keep(guards),
    end: () => connections.end(),
    counts: () => connections.counts(),
    received: () => connections.received(),
    get at() {
      return at
    },
    advance: (position, entries) => {
      at = position
      if (entries.length === 0) return
      for (const version of connections.versions()) {
        connections.write(Buffer.from(revokeTexts(version, position.log, entries)), version)
      }
    },
    keys: (jwks) => {
      const text = eventText('keys', jwks)
      if (text === keysText) return
      keysText = text
      connections.write(Buffer.from(text))
    },
    beat: () => {
      const now = performance.now()
      if (now - beatAt < BEAT) return
      beatAt = now
      connections.check(now, lastBeat)
      lastBeat = at.time
      connections.write(Buffer.from(heartbeat()))
    },
  }
}
