import type { Kept, Profile, Vault } from './vault.ts'

/** The tokens of the current session. */
export interface Held {
  readonly refresh: string
  access?: string
  /** When the access token is due, and when the refresh token was first sent. */
  dueAt: number
  sentAt?: number
}

/** The session of an app: in memory, and without its access token in the storage. */
export interface HeldSession {
  readonly now: () => Held | undefined
  /** Reads the storage. Returns the refresh tokens of sessions that were left. @throws The error of the storage. */
  readonly load: () => Promise<readonly string[]>
  /** Begins the session of a sign-in, and changes what is stored. */
  readonly begin: (held: Held, change: (kept: Kept) => Kept) => void
  /** Replaces the tokens of the session, and changes what is stored. */
  readonly replace: (held: Held, change: (kept: Kept) => Kept) => void
  /** Forgets the session, which the service has ended. */
  readonly end: (reason: string) => void
  /** Forgets the session, and changes what is stored. */
  readonly drop: (change?: (kept: Kept) => Kept) => void
  /** Whether the last change was stored, once that is known. */
  readonly stored: () => Promise<boolean>
  /** Why there is no session: a code of the service. */
  readonly reason: () => string
  /** What a sign-in that has begun goes on with; a new value replaces it. */
  readonly attempt: (value?: string) => string | undefined
  readonly profile: () => Profile | undefined
  /** Stores the profile of the session's user. */
  readonly show: (profile: Profile) => void
}

/** A session of which only the refresh token is known. */
export function fresh(token: string): Held {
  return { refresh: token, dueAt: -Infinity }
}

/** Creates the session of one app: there is none yet. */
export function createHeldSession(vault: Vault): HeldSession {
  let held: Held | undefined
  let reason = 'not_signed_in'
  let begun: string | undefined
  let profile: Profile | undefined
  let stored: Promise<boolean> = Promise.resolve(true)

  const forget = (why = 'not_signed_in'): void => {
    held = profile = undefined
    reason = why
    void vault.writeProfile(undefined)
  }
  const replace: HeldSession['replace'] = (next, change) => {
    held = next
    stored = vault.edit(change)
  }
  return {
    now: () => held,
    load: async () => {
      const kept = await vault.read()
      const shown = await vault.readProfile()
      begun ??= kept.attempt
      // A user may have signed in meanwhile
      if (held || !kept.refresh) return kept.left
      held = fresh(kept.refresh)
      profile = shown
      return kept.left
    },
    begin: (next, change) => {
      reason = 'not_signed_in'
      begun = undefined
      replace(next, change)
    },
    replace,
    end: (why) => {
      const token = held?.refresh
      forget(why)
      stored = vault.edit((kept) =>
        kept.refresh === token ? { ...kept, refresh: undefined } : kept,
      )
    },
    drop: (change) => {
      forget()
      if (change) stored = vault.edit(change)
    },
    stored: () => stored,
    reason: () => reason,
    attempt: (value) => {
      if (value === undefined) return begun
      begun = value
      void vault.edit((kept) => ({ ...kept, attempt: value }))
      return value
    },
    profile: () => profile,
    show: (next) => {
      if (!held || JSON.stringify(next) === JSON.stringify(profile)) return
      profile = next
      void vault.writeProfile(next)
    },
  }
}
