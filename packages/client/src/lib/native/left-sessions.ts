import { refresh } from './token-endpoint.ts'
import type { TokenEndpoint } from './token-endpoint.ts'
import type { Kept, Vault } from './vault.ts'

/** Milliseconds until sessions are ended again that the service has not answered for. */
const RETRY = 10_000
/** Milliseconds that one call has. */
const TIME_OUT = 10_000

/** Sessions that were left and that the service must still end. A restart of the app does not forget them. */
export interface LeftSessions {
  /** Adds a session by its refresh token, with its access token if that is known. */
  readonly add: (token: string, access?: string) => void
  /** The list to store when a session is left. One in the storage, of another instance, is left with it. */
  readonly with: (kept: Kept, former: string | undefined) => readonly string[]
  /** Ends all of them. Simultaneous callers share the calls. @throws Error if the service could not be reached. */
  readonly end: () => Promise<void>
  /** The same, without waiting. */
  readonly endSoon: () => void
}

/** Creates the list of one app: it is empty. */
export function createLeftSessions(endpoint: TokenEndpoint, vault: Vault): LeftSessions {
  const left = new Map<string, string | undefined>()
  let ending: Promise<void> | undefined
  let stop = (): void => {}
  const replace = (token: string, next?: string): void => {
    left.delete(token)
    if (next) left.set(next, undefined)
    void vault.edit((kept) => {
      const others = kept.left.filter((one) => one !== token)
      return { ...kept, left: next ? [...others, next] : others }
    })
  }
  const endAll = async (): Promise<void> => {
    for (const [token, access] of left) {
      if (access) await signOut(endpoint, access)
      // An access token that has expired meanwhile ends nothing, which the answer does not show
      const answer = await refresh(endpoint, token, true)
      if ('over' in answer) replace(token)
      else {
        const { access_token: fresh, refresh_token: next } = answer.tokens
        // If the sign-out fails, the next attempt needs this one. The loop would find it again
        replace(token, next)
        await signOut(endpoint, fresh)
        replace(next)
      }
    }
  }
  const end = (): Promise<void> =>
    (ending ??= endAll()
      .catch((error: unknown) => {
        stop()
        stop = endpoint.runtime.after(RETRY, () => void end().catch(() => {}))
        throw error
      })
      .finally(() => {
        ending = undefined
      }))
  const add: LeftSessions['add'] = (token, access) => {
    if (!left.has(token)) left.set(token, access)
  }
  return {
    add,
    with: (kept, former) => {
      const gone = [former, kept.refresh].filter((one) => one !== undefined)
      for (const token of gone) add(token)
      return [...new Set([...kept.left, ...gone])]
    },
    end,
    endSoon: () => void end().catch(() => {}),
  }
}

/** @throws Error if the service could not be reached or failed. */
async function signOut({ runtime, href }: TokenEndpoint, access: string): Promise<void> {
  const { status } = await runtime.fetch(`${href}/sessions/current`, {
    method: 'DELETE',
    credentials: 'omit',
    cache: 'no-store',
    redirect: 'error',
    signal: AbortSignal.timeout(TIME_OUT),
    headers: { authorization: `Bearer ${access}` },
  })
  if (status !== 204) throw new Error(`The sign-out was answered with status ${status}.`)
}
