import type { Revocation } from '../stores/revocations.ts'

/** Something that a page should know about its session. */
export type SessionChange =
  | { readonly kind: 'ended'; readonly code: string }
  | { readonly kind: 'changed' }

/** Tells pages in this process what happens to their sessions. */
export interface Changes {
  /** Listens for one session; the answer stops it. `replaced` is called where newer listeners need the place. */
  listen(sessionId: string, listener: Listener): () => void
  /** Tells whom an entry of the log concerns. */
  revoked(entry: Revocation): void
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

export function createChanges(
  sessionOfToken: (jti: string) => Promise<string | undefined>,
): Changes {
  const listeners = new Map<string, Set<Listener>>()
  const tell = (sessionId: string, change: SessionChange): void => {
    for (const { told } of listeners.get(sessionId) ?? []) told(change)
  }
  return {
    revoked: (entry) => {
      if (listeners.size === 0) return
      const { code } = entry
      if (entry.kind === 'sid') tell(entry.id, { kind: 'ended', code })
      if (entry.effect?.what === 'era') {
        for (const id of entry.effect.sessions) tell(id, { kind: 'ended', code })
      }
      if (entry.kind === 'jti') {
        // A page that misses this hears it at its next renewal
        sessionOfToken(entry.id).then(
          (sessionId) => sessionId !== undefined && tell(sessionId, { kind: 'changed' }),
          () => undefined,
        )
      }
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
