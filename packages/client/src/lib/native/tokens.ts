import type { Runtime } from '../runtime.ts'
import { createLeftSessions } from './left-sessions.ts'
import { refresh } from './token-endpoint.ts'
import type { TokenEndpoint } from './token-endpoint.ts'
import type { Profile, Vault } from './vault.ts'

/** Milliseconds in which a refresh that got no answer is repeated: the service repeats its answer for ten seconds. */
const REPEATED = 9000
/** Milliseconds between these attempts. */
const AGAIN = 1500

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

interface Held {
  readonly refresh: string
  access?: string
  /** When the access token is due, and when the refresh token was first sent. */
  dueAt: number
  sentAt?: number
}

interface Needs extends TokenEndpoint {
  readonly runtime: Pick<Runtime, 'fetch' | 'after' | 'now'>
  readonly vault: Vault
  /** Runs work while no other instance on the same storage refreshes. */
  readonly alone: (work: () => Promise<void>) => Promise<void>
}

/** Creates the tokens of one app. They are read from the storage at the first call. */
export function createTokens(needs: Needs): Tokens {
  const { runtime, vault, alone } = needs
  const left = createLeftSessions(needs, vault)
  let held: Held | undefined
  let reason = 'not_signed_in'
  let begun: string | undefined
  let profile: Profile | undefined
  let loading: Promise<void> | undefined
  let renewing: Promise<void> | undefined
  let stored: Promise<boolean> = Promise.resolve(true)

  const endLeft = (): void => void left.end().catch(() => {})
  const load = (): Promise<void> => (loading ??= read())
  const read = async (): Promise<void> => {
    try {
      const kept = await vault.read()
      profile ??= await vault.readProfile()
      begun ??= kept.attempt
      if (kept.refresh) held ??= fresh(kept.refresh)
      if (!held) profile = undefined
      left.recall(kept.left)
      endLeft()
    } catch (error) {
      loading = undefined
      throw error
    }
  }
  const drop = (why: string): void => {
    held = undefined
    reason = why
    profile = undefined
    void vault.writeProfile(undefined)
  }
  const end = ({ refresh: token }: Held, why: string): void => {
    drop(why)
    stored = vault.edit((kept) => (kept.refresh === token ? { ...kept, refresh: undefined } : kept))
  }
  /** Adopts the refresh token of another instance on the same storage, which has used the former one. */
  const followStorage = async (): Promise<void> => {
    const kept = (await stored) ? await vault.read().catch(() => undefined) : undefined
    if (!kept || !held || kept.refresh === held.refresh) return
    if (kept.refresh) held = fresh(kept.refresh)
    else drop('signed_out')
  }
  const exchange = async (background: boolean): Promise<void> => {
    await followStorage()
    const wasStored = await stored
    const mine = held
    if (!mine) return
    const sentAt = runtime.now()
    mine.sentAt ??= sentAt
    const answer = await refresh(needs, mine.refresh, background)
    // The user has signed out or in again meanwhile
    if (held !== mine) return
    if ('over' in answer) return end(mine, answer.over)
    const { access_token: access, refresh_token: next, expires_in: seconds } = answer.tokens
    held = { ...fresh(next), access }
    plan(sentAt, (seconds * 2) / 3)
    stored = vault.edit((kept) =>
      kept.refresh === mine.refresh || !wasStored ? { ...kept, refresh: next } : kept,
    )
  }
  const renew = (background: boolean): Promise<void> =>
    (renewing ??= alone(() => exchange(background))
      .catch((error: unknown) => {
        // Its answer may be lost, and is repeated only for a short time
        const failed = held
        const isSoon = failed && runtime.now() - (failed.sentAt ?? -Infinity) < REPEATED
        if (isSoon) {
          runtime.after(AGAIN, () => {
            if (held === failed) void renew(true).catch(() => {})
          })
        }
        throw error
      })
      .finally(() => {
        renewing = undefined
      }))
  // The session may be over after any wait
  const atHand = (): string | undefined => held?.access
  const plan: Tokens['plan'] = (sentAt, seconds) => {
    if (held) held.dueAt = sentAt + seconds * 1000
  }
  return {
    current: async ({ refused, background = false } = {}) => {
      if (!held) await load()
      if (!held) return undefined
      const { access, dueAt } = held
      const isGood = access !== undefined && access !== refused && runtime.now() < dueAt
      if (!isGood) await renew(background)
      return atHand()
    },
    atHand,
    adopt: ({ accessToken, refreshToken }) => {
      const former = held
      held = { ...fresh(refreshToken), access: accessToken, dueAt: Infinity }
      reason = 'not_signed_in'
      begun = undefined
      stored = vault.edit((kept) => {
        const gone = [kept.refresh, former?.refresh].filter((one) => one !== undefined)
        left.recall(gone)
        const all = new Set([...kept.left, ...gone])
        return { refresh: refreshToken, left: [...all] }
      })
      void stored.then(endLeft)
    },
    replace: (accessToken) => {
      if (held) held.access = accessToken
    },
    plan,
    leave: async () => {
      if (!held) await load()
      const former = held
      if (former) {
        drop('signed_out')
        left.recall([former.refresh])
        stored = vault.edit((kept) => ({
          left: [...kept.left, kept.refresh ?? former.refresh],
        }))
      }
      await left.end()
    },
    forget: (accessToken, why) => {
      if (held?.access === accessToken) end(held, why)
    },
    reason: () => reason,
    attempt: async (value) => {
      if (value === undefined) {
        await load().catch(() => {})
        return begun
      }
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

/** A session of which only the refresh token is known. */
function fresh(token: string): Held {
  return { refresh: token, dueAt: -Infinity }
}
