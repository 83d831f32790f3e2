import type { FeedMark } from '@keyhaven/core/wire'
import { streamLimits } from '../config/limits.ts'
import type { Revocation } from '../stores/revocations.ts'
import { revokeTexts } from './sent-entries.ts'
import type { FeedVersion } from './sent-entries.ts'
import { eventText } from './event-writer.ts'
import type { EventWriter } from './event-writer.ts'

/** Bytes that a listener may leave untaken, and milliseconds for which it may take nothing, before it is dropped. */
const MOST_PENDING = 1024 * 1024
const LONGEST_STALL = 10_000

/** The time of one heartbeat to the next, a little less: reads come when they come. */
const BEAT = 950

/** The open feeds of this process: what is told is made into text once and written to all. */
export interface GuardListeners {
  /** Takes a place among the key's connections; nothing if all are taken. */
  reserve(guardId: string): Reserved | undefined
  /** How far the log was told, and the time of the read that said so. */
  readonly at: FeedMark
  /** Tells entries that follow what was told before, up to this mark. */
  advance(position: FeedMark, entries: readonly Revocation[]): void
  /** Tells the whole key set, where it differs from what was told last. */
  keys(jwks: object): void
  /** Tells that the log was just read, a second after the last time. */
  beat(): void
  /** Ends the feeds of guards whose key is gone. */
  keep(guards: ReadonlySet<string>): void
  /** Ends every feed: its guard comes again, to this process or another. */
  end(): void
  /** Open feeds by guard. */
  counts(): ReadonlyMap<string, number>
  /** By guard, the time of the last heartbeat that it has taken from this process. */
  received(): ReadonlyMap<string, number>
}

/** A place among a key's connections, before its feed is open. One of the two must be called. */
export interface Reserved {
  readonly open: (version: FeedVersion, writer: EventWriter) => GuardListener
  readonly release: () => void
}

/** One open feed. */
export interface GuardListener {
  readonly open: boolean
  /** It has been sent everything so far, and hears the rest as it comes. */
  join(): void
  /** Ends it well. */
  end(): void
  /** Gives its place back: the other side has gone. */
  leave(): void
}

interface Place extends GuardListener {
  readonly guardId: string
  readonly version: FeedVersion
  readonly writer: EventWriter
  open: boolean
  live: boolean
  /** What it had taken when it was looked at, and since when that is all. */
  written: number
  stalledAt: number | undefined
}

/** `dropped` hears of a listener that was too slow. */
export function createGuardListeners(dropped: (guardId: string) => void): GuardListeners {
  const places = new Set<Place>()
  const reserved = new Set<{ readonly guardId: string }>()
  let at: FeedMark = { log: '', seq: 0, time: 0 }
  let keysText = ''
  let lastBeat = 0
  let beatAt = -Infinity
  /** By guard: those that are gone are forgotten with their keys. */
  const received = new Map<string, number>()
  const leave = (place: Place): void => {
    place.open = false
    places.delete(place)
  }
  const drop = (place: Place): void => {
    leave(place)
    place.writer.drop()
    dropped(place.guardId)
  }
  const finish = (place: Place): void => {
    leave(place)
    place.writer.end()
  }
  const publish = (bytes: Uint8Array, version?: FeedVersion): void => {
    for (const place of places) {
      if (!place.live || (version ?? place.version) !== place.version) continue
      if (place.writer.queued > MOST_PENDING) drop(place)
      else place.writer.write(bytes)
    }
  }
  const look = (now: number, before: number): void => {
    for (const place of places) {
      const { queued: pending, written } = place.writer
      if (place.live && pending === 0) received.set(place.guardId, before)
      if (pending === 0 || written !== place.written) place.stalledAt = undefined
      else place.stalledAt ??= now
      place.written = written
      if (now - (place.stalledAt ?? now) > LONGEST_STALL) drop(place)
    }
  }
  const open = (
    { guardId, version }: Pick<Place, 'guardId' | 'version'>,
    writer: EventWriter,
  ): GuardListener => {
    const place: Place = {
      guardId,
      version,
      writer,
      open: true,
      live: false,
      written: 0,
      stalledAt: undefined,
      join: () => {
        if (!place.open) return
        writer.write(Buffer.from(keysText + eventText('heartbeat', at)))
        place.live = true
        received.set(guardId, at.time)
      },
      end: () => finish(place),
      leave: () => leave(place),
    }
    places.add(place)
    return place
  }
  const countOf = (guardId: string): number =>
    [...places, ...reserved].filter((place) => place.guardId === guardId).length
  return {
    reserve: (guardId) => {
      if (countOf(guardId) >= streamLimits.guardStreams.points) return undefined
      const mine = { guardId }
      reserved.add(mine)
      return {
        open: (version, writer) => {
          reserved.delete(mine)
          return open({ guardId, version }, writer)
        },
        release: () => void reserved.delete(mine),
      }
    },
    get at() {
      return at
    },
    advance: (position, entries) => {
      at = position
      if (entries.length === 0) return
      for (const version of new Set([...places].map((place) => place.version))) {
        publish(Buffer.from(revokeTexts(version, position.log, entries)), version)
      }
    },
    keys: (jwks) => {
      const text = eventText('keys', jwks)
      if (text === keysText) return
      keysText = text
      publish(Buffer.from(text))
    },
    beat: () => {
      const now = performance.now()
      if (now - beatAt < BEAT) return
      beatAt = now
      look(now, lastBeat)
      lastBeat = at.time
      publish(Buffer.from(eventText('heartbeat', at)))
    },
    keep: (guards) => {
      for (const place of places) if (!guards.has(place.guardId)) finish(place)
      for (const id of received.keys()) if (!guards.has(id)) received.delete(id)
    },
    end: () => {
      for (const place of places) finish(place)
    },
    counts: () => {
      const counts = new Map<string, number>()
      for (const { guardId } of places) counts.set(guardId, (counts.get(guardId) ?? 0) + 1)
      return counts
    },
    received: () => received,
  }
}
