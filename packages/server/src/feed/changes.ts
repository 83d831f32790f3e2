import type { RevocationEntry } from '@keyhaven/core/wire'
import { streamLimits } from '../config/limits.ts'

/** Something that a page should know about its session. */
export type SessionChange =
  | { readonly kind: 'ended'; readonly code: string }
  | { readonly kind: 'changed' }

/** Tells pages in this process what happens to their sessions. */
export interface Changes {
  /** Takes a place among the session's streams; nothing if all are taken. */
  open(sessionId: string): Place | undefined
  /** Tells whom an entry of the log concerns. */
  revoked(entry: RevocationEntry): void
  /** A session's account has other rights now. */
  tell(sessionId: string): void
  /** Every session has ended. */
  allEnded(): void
  /** Pages that listen. */
  readonly listeners: number
  /** Ends every listener: the process is going to stop. */
  end(): void
}

export interface Listener {
  readonly told: (change: SessionChange) => void
  /** The process is going to stop. */
  readonly stopped: () => void
}

/** One of the streams that a session may hold. */
export interface Place {
  /** Listens from now on. */
  readonly listen: (listener: Listener) => void
  /** Gives the place back. */
  readonly leave: () => void
}

interface Taken {
  listener: Listener | undefined
}

export function createChanges(
  sessionOfToken: (jti: string) => Promise<string | undefined>,
): Changes {
  const places = new Map<string, Set<Taken>>()
  const tell = (sessionId: string, change: SessionChange): void => {
    for (const { listener } of places.get(sessionId) ?? []) listener?.told(change)
  }
  return {
    revoked: (entry) => {
      if (places.size === 0) return
      if (entry.kind === 'sid') tell(entry.id, { kind: 'ended', code: entry.code })
      if (entry.kind === 'jti') {
        // A page that misses this hears it at its next renewal
        sessionOfToken(entry.id).then(
          (sessionId) => sessionId !== undefined && tell(sessionId, { kind: 'changed' }),
          () => undefined,
        )
      }
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
    tell: (sessionId) => tell(sessionId, { kind: 'changed' }),
    allEnded: () => {
      for (const id of places.keys()) tell(id, { kind: 'ended', code: 'session_ended' })
    },
    get listeners() {
      return [...places.values()].reduce((sum, mine) => sum + mine.size, 0)
    },
    end: () => {
      for (const mine of places.values()) for (const { listener } of mine) listener?.stopped()
    },
  }
}
