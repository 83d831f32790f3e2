import type { Runtime } from '../runtime.ts'
import { fresh } from './held-session.ts'
import type { HeldSession } from './held-session.ts'
import { refresh } from './token-endpoint.ts'
import type { TokenEndpoint } from './token-endpoint.ts'
import type { Vault } from './vault.ts'

/** Milliseconds in which a refresh that got no answer is repeated: the service repeats its answer for ten seconds. */
const REPEATED = 9000
/** Milliseconds between these attempts. */
const AGAIN = 1500

/** The session to renew, and the service. */
export interface RenewalNeeds extends TokenEndpoint {
  readonly runtime: Pick<Runtime, 'fetch' | 'after' | 'now'>
  readonly vault: Vault
  readonly session: HeldSession
  /** Runs work while no other instance on the same storage refreshes. */
  readonly alone: (work: () => Promise<void>) => Promise<void>
}

/**
 * Creates the renewal of an app's session. Simultaneous callers share one. It throws if the service could not be reached,
 * and then goes on by itself as long as the service would repeat a lost answer.
 */
export function createRenewal(needs: RenewalNeeds): (background: boolean) => Promise<void> {
  const { runtime, session, alone } = needs
  let renewing: Promise<void> | undefined
  const renew = (background: boolean): Promise<void> =>
    (renewing ??= alone(() => exchange(needs, background))
      .catch((error: unknown) => {
        const failed = session.now()
        const { sentAt = -Infinity } = failed ?? {}
        if (runtime.now() - sentAt < REPEATED) {
          runtime.after(AGAIN, () => {
            if (session.now() === failed) void renew(true).catch(() => {})
          })
        }
        throw error
      })
      .finally(() => {
        renewing = undefined
      }))
  return renew
}

async function exchange(needs: RenewalNeeds, background: boolean): Promise<void> {
  const { runtime, session } = needs
  await followStorage(needs)
  const wasStored = await session.stored()
  const held = session.now()
  if (!held) return
  const sentAt = runtime.now()
  held.sentAt ??= sentAt
  const answer = await refresh(needs, held.refresh, background)
  // The user has signed out or in again meanwhile
  if (session.now() !== held) return
  if ('over' in answer) return session.end(answer.over)
  const { access_token: access, refresh_token: next, expires_in: seconds } = answer.tokens
  const dueAt = sentAt + (seconds * 1000 * 2) / 3
  session.replace({ refresh: next, access, dueAt }, (kept) =>
    kept.refresh === held.refresh || !wasStored ? { ...kept, refresh: next } : kept,
  )
  // The next instance must read this one
  await session.stored()
}

/** Adopts the refresh token of another instance on the same storage, which has used the former one. */
async function followStorage({ vault, session }: RenewalNeeds): Promise<void> {
  const kept = (await session.stored()) ? await vault.read().catch(() => undefined) : undefined
  const held = session.now()
  if (!kept || !held || kept.refresh === held.refresh) return
  if (kept.refresh) session.replace(fresh(kept.refresh), (same) => same)
  else session.drop()
}
