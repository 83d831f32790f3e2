import { streamLimits } from '../config/limits.ts'
import type { EventWriter } from './event-writer.ts'
import type { FeedVersion } from './sent-entries.ts'

/** Bytes that may be queued for a connection, and milliseconds without a read, before it is closed. */
const MOST_QUEUED = 1024 * 1024
const LONGEST_STALL = 10_000

/** A place among a key's connections, before its feed is open. One of the two must be called. */
export interface Reserved {
  readonly open: (version: FeedVersion, writer: EventWriter) => GuardListener
  readonly release: () => void
}

/** One open feed. */
export interface GuardListener {
  readonly open: boolean
  /** Receives new entries from now on; the caller has sent it everything before. */
  join(): void
  /** Ends the feed after everything queued. */
  end(): void
  /** Frees the place of a guard that has disconnected. */
  leave(): void
}

/** What a connection receives when it joins: the text, and the time of its heartbeat. */
export interface Greeting {
  readonly text: string
  readonly time: number
}

/** The guards' connections to this process. */
export interface GuardConnections {
  /** Takes a place among the key's connections; `undefined` if it has as many as it may. */
  reserve(guardId: string): Reserved | undefined
  /** Writes bytes to all that have joined, or to those of one version. */
  write(bytes: Uint8Array, version?: FeedVersion): void
  /** The versions of the connected guards. */
  versions(): ReadonlySet<FeedVersion>
  /** Closes connections that do not read; `heartbeat` is the time of the last one sent. */
  check(now: number, heartbeat: number): void
  /** Ends the feeds of guards whose key was removed. */
  keep(guards: ReadonlySet<string>): void
  /** Ends every feed; its guard reconnects to this process or another. */
  end(): void
  /** Open feeds by guard. */
  counts(): ReadonlyMap<string, number>
  /** The time of the last heartbeat that each guard has read from this process. */
  received(): ReadonlyMap<string, number>
}

interface Connection extends GuardListener {
  readonly guardId: string
  readonly version: FeedVersion
  readonly writer: EventWriter
  open: boolean
  joined: boolean
  /** Bytes that it had read at the last check, and since when that has not changed. */
  written: number
  stalledAt?: number | undefined
}

/** `dropped` is called with the guard of a connection that was closed because it did not read. */
export function createGuardConnections(
  greeting: () => Greeting,
  dropped: (guardId: string) => void,
): GuardConnections {
  const connections = new Set<Connection>()
  const reserved = new Set<{ readonly guardId: string }>()
  const received = new Map<string, number>()
  const leave = (connection: Connection): void => {
    connection.open = false
    connections.delete(connection)
  }
  const finish = (connection: Connection): void => {
    leave(connection)
    connection.writer.end()
  }
  const drop = (connection: Connection): void => {
    leave(connection)
    connection.writer.drop()
    dropped(connection.guardId)
  }
  const join = (connection: Connection): void => {
    if (!connection.open) return
    const { text, time } = greeting()
    connection.writer.write(Buffer.from(text))
    connection.joined = true
    received.set(connection.guardId, time)
  }
  const open = (parts: Pick<Connection, 'guardId' | 'version' | 'writer'>): Connection => {
    const connection: Connection = {
      ...parts,
      open: true,
      joined: false,
      written: 0,
      join: () => join(connection),
      end: () => finish(connection),
      leave: () => leave(connection),
    }
    connections.add(connection)
    return connection
  }
  return {
    reserve: (guardId) => {
      const count = countByGuard([...connections, ...reserved]).get(guardId) ?? 0
      if (count >= streamLimits.guardStreams.points) return undefined
      const mine = { guardId }
      reserved.add(mine)
      return {
        open: (version, writer) => {
          reserved.delete(mine)
          return open({ guardId, version, writer })
        },
        release: () => void reserved.delete(mine),
      }
    },
    write: (bytes, version) => {
      for (const connection of connections) {
        if (!connection.joined || (version ?? connection.version) !== connection.version) continue
        if (connection.writer.queued > MOST_QUEUED) drop(connection)
        else connection.writer.write(bytes)
      }
    },
    versions: () => new Set([...connections].map(({ version }) => version)),
    check: (now, heartbeat) => {
      for (const connection of connections) {
        const hasRead = connection.joined && connection.writer.queued === 0
        if (hasRead) received.set(connection.guardId, heartbeat)
        if (stallOf(connection, now) > LONGEST_STALL) drop(connection)
      }
    },
    keep: (guards) => {
      for (const one of connections) if (!guards.has(one.guardId)) finish(one)
      for (const id of received.keys()) if (!guards.has(id)) received.delete(id)
    },
    end: () => {
      for (const connection of connections) finish(connection)
    },
    counts: () => countByGuard([...connections]),
    received: () => received,
  }
}

/** Milliseconds since the connection read something, as of this check; 0 if nothing is queued. */
function stallOf(connection: Connection, now: number): number {
  const { queued, written } = connection.writer
  if (queued === 0 || written !== connection.written) connection.stalledAt = undefined
  else connection.stalledAt ??= now
  connection.written = written
  return now - (connection.stalledAt ?? now)
}

function countByGuard(
  connections: readonly { readonly guardId: string }[],
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { guardId } of connections) counts.set(guardId, (counts.get(guardId) ?? 0) + 1)
  return counts
}
