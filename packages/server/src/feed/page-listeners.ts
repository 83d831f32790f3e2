import { streamLimits } from '../config/limits.ts'
import type { Revocation } from '../stores/revocations.ts'

/** Something that a page should know about its session. */
export type SessionChange =
  | { readonly kind: 'ended'; readonly code: string }
  | { readonly kind: 'changed' }

/** Tells pages in this process what happens to their sessions. */
export interface PageListeners {
  /** Takes a place among the session's streams; nothing if all are taken. */
  open(sessionId: string): Place | undefined
  /** Tells pages whose session, or whose token, an entry of a page of the log names. */
  revoked(entries: readonly Revocation[]): void
  /** A session's account has other rights now. */
  publish(sessionId: string): void
  /** Every session has ended. */
  allEnded(): void
  /** Any session may have changed: its page is to look. */
  allChanged(): void
  /** Pages that listen. */
  readonly listeners: number
  /** Ends every listener: the process is going to stop. */
  end(): void
}

export interface PageListener {
  readonly send: (change: SessionChange) => void
  /** The process is going to stop. */
  readonly stopped: () => void
}

/** One of the streams that a session may hold. */
export interface Place {
  /** Listens from now on. */
  readonly listen: (listener: PageListener) => void
  /** Gives the place back. */
  readonly leave: () => void
}

interface Taken {
  listener: PageListener | undefined
}

/** Tokens that are looked up by one query, and those that may wait for theirs. */
const TOGETHER = 500
const MOST_WAITING = 50_000

/** `sessionsOf` finds the sessions of tokens. */
export function createPageListeners(
  sessionsOf: (jtis: readonly string[]) => Promise<readonly string[]>,
): PageListeners {
  const places = new Map<string, Set<Taken>>()
  const send = (sessionId: string, change: SessionChange): void => {
    for (const { listener } of places.get(sessionId) ?? []) listener?.send(change)
  }
  const waiting: string[] = []
  let looking = false
  /** One query at a time, whatever the log brings. A page that misses a change notices at its next renewal. */
  const look = async (): Promise<void> => {
    looking = true
    while (waiting.length > 0) {
      const found = await sessionsOf(waiting.splice(0, TOGETHER)).catch(() => [])
      for (const id of new Set(found)) send(id, { kind: 'changed' })
    }
    looking = false
  }
  return {
    revoked: (entries) => {
      if (places.size === 0) return
      for (const { kind, id, code, effect } of entries) {
        if (kind === 'sid') send(id, { kind: 'ended', code })
        if (effect?.what === 'era') {
          for (const session of effect.sessions) send(session, { kind: 'ended', code })
        }
        if (kind === 'jti' && waiting.length < MOST_WAITING) waiting.push(id)
      }
      if (!looking) void look()
    },
    open: (sessionId) => {
      const mine = places.get(sessionId) ?? new Set()
      if (mine.size >= streamLimits.eventStreams.points) return undefined
      const place: Taken = { listener: undefined }
      places.set(sessionId, mine.add(place))
      return {
        listen: (listener) => {
          place.listener = listener
        },
        leave: () => {
          mine.delete(place)
          if (mine.size === 0 && places.get(sessionId) === mine) places.delete(sessionId)
        },
      }
    },
    publish: (sessionId) => send(sessionId, { kind: 'changed' }),
    allEnded: () => {
      for (const id of places.keys()) send(id, { kind: 'ended', code: 'session_ended' })
    },
    allChanged: () => {
      for (const id of places.keys()) send(id, { kind: 'changed' })
    },
    get listeners() {
      return [...places.values()].reduce((sum, mine) => sum + mine.size, 0)
    },
    end: () => {
      for (const mine of places.values()) for (const { listener } of mine) listener?.stopped()
    },
  }
}
