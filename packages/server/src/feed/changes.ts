import type { Revocation } from '../stores/revocations.ts'

/** Something that a page should know about its session. */
export type SessionChange =
  | { readonly kind: 'ended'; readonly code: string }
  | { readonly kind: 'changed' }

/** Tells pages in this process what happens to their sessions. */
export interface Changes {
  /** Listens for one session; the answer stops it. `replaced` is called where newer listeners need the place. */
  listen(sessionId: string, listener: Listener): () => void
  /** Tells pages whose session, or whose token, an entry of a page of the log names. */
  revoked(entries: readonly Revocation[]): void
  /** A session's account has other rights now. */
  tell(sessionId: string): void
  /** Every session has ended. */
  allEnded(): void
  /** Any session may have changed: its page is to look. */
  allChanged(): void
  /** Pages that listen. */
  readonly listeners: number
  /** Ends every listener: the process is going to stop. */
  end(): void
}

export interface Listener {
  readonly told: (change: SessionChange) => void
  readonly replaced: () => void
}

/** Connections that one session may hold: a browser needs one. */
const MOST = 4

/** Tokens that are looked up by one query, and those that may wait for theirs. */
const TOGETHER = 500
const MOST_WAITING = 50_000

/** `sessionsOf` finds the sessions of tokens. */
export function createChanges(
  sessionsOf: (jtis: readonly string[]) => Promise<readonly string[]>,
): Changes {
  const listeners = new Map<string, Set<Listener>>()
  const tell = (sessionId: string, change: SessionChange): void => {
    for (const { told } of listeners.get(sessionId) ?? []) told(change)
  }
  const waiting: string[] = []
  let looking = false
  /** One query at a time, whatever the log brings. A page that misses a change notices at its next renewal. */
  const look = async (): Promise<void> => {
    looking = true
    while (waiting.length > 0) {
      const found = await sessionsOf(waiting.splice(0, TOGETHER)).catch(() => [])
      for (const id of new Set(found)) tell(id, { kind: 'changed' })
    }
    looking = false
  }
  return {
    revoked: (entries) => {
      if (listeners.size === 0) return
      for (const { kind, id, code, effect } of entries) {
        if (kind === 'sid') tell(id, { kind: 'ended', code })
        if (effect?.what === 'era') {
          for (const session of effect.sessions) tell(session, { kind: 'ended', code })
        }
        if (kind === 'jti' && waiting.length < MOST_WAITING) waiting.push(id)
      }
      if (!looking) void look()
    },
    listen: (sessionId, listener) => {
      const mine = listeners.get(sessionId) ?? new Set()
      listeners.set(sessionId, mine)
      const [oldest] = mine
      if (mine.size >= MOST && oldest !== undefined) {
        mine.delete(oldest)
        oldest.replaced()
      }
      mine.add(listener)
      return () => {
        mine.delete(listener)
        if (mine.size === 0 && listeners.get(sessionId) === mine) listeners.delete(sessionId)
      }
    },
    tell: (sessionId) => tell(sessionId, { kind: 'changed' }),
    allEnded: () => {
      for (const id of listeners.keys()) tell(id, { kind: 'ended', code: 'session_ended' })
    },
    allChanged: () => {
      for (const id of listeners.keys()) tell(id, { kind: 'changed' })
    },
    get listeners() {
      return [...listeners.values()].reduce((sum, mine) => sum + mine.size, 0)
    },
    end: () => {
      for (const mine of listeners.values()) for (const { replaced } of mine) replaced()
    },
  }
}
