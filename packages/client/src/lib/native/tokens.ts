import { createHeldSession } from './held-session.ts'
import type { HeldSession } from './held-session.ts'
import { createLeftSessions } from './left-sessions.ts'
import type { LeftSessions } from './left-sessions.ts'
import { createRenewal } from './renewal.ts'
import type { RenewalNeeds } from './renewal.ts'
import type { Profile } from './vault.ts'

/** The tokens of a sign-in. */
export interface NewTokens {
  readonly accessToken: string
  readonly refreshToken: string
}

/** The tokens of an app's user. No state, result or event has one. */
export interface Tokens {
  /**
   * The access token, refreshed if that is due, or if the service has `refused` this one. `undefined` without a session.
   * @throws Error if it had to be refreshed and the service could not be reached, or if the storage could not be read.
   */
  readonly current: (wish?: Wish) => Promise<string | undefined>
  /** The access token, as it is. */
  readonly atHand: () => string | undefined
  /** Adopts the tokens of a sign-in. The session before it is left. */
  readonly adopt: (tokens: NewTokens) => void
  /** Replaces the access token after a step-up. */
  readonly replace: (accessToken: string) => void
  /** Notes the seconds, since `sentAt`, after which the access token is due. */
  readonly plan: (sentAt: number, seconds: number) => void
  /** Leaves the session. @throws Error if the service could not be reached; it is called again until it answers. */
  readonly leave: () => Promise<void>
  /** Forgets the session of this access token: the service has ended it. */
  readonly forget: (accessToken: string, reason: string) => void
  /** Why there is no session. */
  readonly reason: () => string
  /** What a sign-in that has begun goes on with; a new value replaces it. */
  readonly attempt: (value?: string) => Promise<string | undefined>
  /** The user to show while the service can't be reached. */
  readonly profile: () => Profile | undefined
  readonly show: (profile: Profile) => void
}

interface Wish {
  readonly refused?: string | undefined
  readonly background?: boolean
}

/** Creates the tokens of one app. They are read from the storage at the first call. */
export function createTokens(needs: Omit<RenewalNeeds, 'session'>): Tokens {
  const { runtime, vault } = needs
  const session = createHeldSession(vault)
  const left = createLeftSessions(needs, vault)
  const renew = createRenewal({ ...needs, session })
  const load = createLoader(session, left)
  /** Adds the session to those that are left. Returns its refresh token. */
  const leaving = (): string | undefined => {
    const { refresh, access } = session.now() ?? {}
    if (refresh) left.add(refresh, access)
    return refresh
  }
  return {
    current: async ({ refused, background = false } = {}) => {
      if (!session.now()) await load()
      const held = session.now()
      if (!held) return undefined
      const { access, dueAt } = held
      const isGood = access !== undefined && access !== refused && runtime.now() < dueAt
      if (!isGood) await renew(background)
      return session.now()?.access
    },
    atHand: () => session.now()?.access,
    adopt: ({ accessToken, refreshToken }) => {
      const former = leaving()
      session.begin({ refresh: refreshToken, access: accessToken, dueAt: Infinity }, (kept) => ({
        refresh: refreshToken,
        left: left.with(kept, former),
      }))
      void session.stored().then(left.endSoon)
    },
    replace: (accessToken) => {
      const held = session.now()
      if (held) held.access = accessToken
    },
    plan: (sentAt, seconds) => {
      const held = session.now()
      if (held) held.dueAt = sentAt + seconds * 1000
    },
    leave: async () => {
      if (!session.now()) await load()
      const former = leaving()
      if (former) {
        session.drop((kept) => ({ left: left.with(kept, former) }))
        void session.stored().then(left.endSoon)
      }
      await left.end()
    },
    forget: (accessToken, reason) => {
      if (session.now()?.access === accessToken) session.end(reason)
    },
    reason: session.reason,
    attempt: async (value) => {
      if (value === undefined) await load().catch(() => {})
      return session.attempt(value)
    },
    profile: session.profile,
    show: session.show,
  }
}

/** Reads the storage once, and again if it could not be read. */
function createLoader(session: HeldSession, left: LeftSessions): () => Promise<void> {
  let loading: Promise<void> | undefined
  const read = async (): Promise<void> => {
    try {
      for (const token of await session.load()) left.add(token)
      left.endSoon()
    } catch (error) {
      loading = undefined
      throw error
    }
  }
  return () => (loading ??= read())
}
