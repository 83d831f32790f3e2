import { streamLimits } from '../config/limits.ts'
import type { Revocation } from '../stores/revocations.ts'

/** A change of a session that its page must know. */
export type SessionChange =
  | { readonly kind: 'ended'; readonly code: string }
  | { readonly kind: 'changed' }

/** Notifies pages connected to this process of changes of their sessions. */
export interface PageListeners {
  /** Takes a place among the streams of a session and its account, unless one has all it may. */
  open(sessionId: string, accountId: string): PageStream | FullOf
  /** Notifies pages whose session or token the entries name. */
  revoked(entries: readonly Revocation[]): void
  /** Notifies a session's page that its account has other rights. */
  publish(sessionId: string): void
  /** Notifies all pages that their session has ended. */
  allEnded(): void
  /** Notifies all pages that their session may have changed. */
  allChanged(): void
  /** The number of connected pages. */
  readonly listeners: number
  /** Ends every stream, because the process stops. */
  end(): void
}

/** What a page's stream does with a change, and when the process stops. */
export interface PageListener {
  readonly send: (change: SessionChange) => void
  readonly stopped: () => void
}

/** Which of the two has as many streams as it may. */
export type FullOf = 'session' | 'account'

/** A place for one of the streams that a session may have. */
export interface PageStream {
  /** Begins to receive changes. */
  readonly listen: (listener: PageListener) => void
  /** Frees the place. */
  readonly leave: () => void
}

interface OpenStream {
  listener: PageListener | undefined
}

/** Tokens in one query, and tokens that may wait for one. */
const TOGETHER = 500
const MOST_WAITING = 50_000

/** Notifies pages of entries; `sessionsOf` finds the sessions of tokens. */
export function createPageListeners(
  sessionsOf: (jtis: readonly string[]) => Promise<readonly string[]>,
): PageListeners {
  const places = new Map<string, Set<OpenStream>>()
  const accounts = new Map<string, number>()
  const send = (sessionId: string, change: SessionChange): void => {
    for (const { listener } of places.get(sessionId) ?? []) listener?.send(change)
  }
  const waiting: string[] = []
  let looking = false
  /**
   * One query at a time, however many entries arrive. A page that misses a change notices it at its
   * next renewal.
   */
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
    open: (sessionId, accountId) => {
      const mine = places.get(sessionId) ?? new Set()
      if (mine.size >= streamLimits.eventStreams.points) return 'session'
      const ofAccount = accounts.get(accountId) ?? 0
      if (ofAccount >= streamLimits.accountStreams.points) return 'account'
      const place: OpenStream = { listener: undefined }
      places.set(sessionId, mine.add(place))
      accounts.set(accountId, ofAccount + 1)
      return {
        listen: (listener) => {
          place.listener = listener
        },
        leave: () => {
          // A stream may leave more than once
          if (!mine.delete(place)) return
          const left = (accounts.get(accountId) ?? 1) - 1
          if (left === 0) accounts.delete(accountId)
          else accounts.set(accountId, left)
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
