import type { Runtime } from '../runtime.ts'
import { revoke } from './token-endpoint.ts'
import type { TokenEndpoint } from './token-endpoint.ts'
import type { Kept, Vault } from './vault.ts'

/** Milliseconds until sessions are ended again that the service has not answered for. */
const RETRY = 10_000

/** Sessions that were left and that the service must still end. A restart of the app does not forget them. */
export interface LeftSessions {
  /** Adds refresh tokens that the storage has already. */
  readonly recall: (tokens: readonly string[]) => void
  /** The list to store when this session, and another one in the storage, is left. Both are added. */
  readonly with: (kept: Kept, former: string | undefined) => readonly string[]
  /** Ends all of them. Simultaneous callers share the calls. @throws Error if the service could not be reached. */
  readonly end: () => Promise<void>
  /** The same, without waiting. */
  readonly endSoon: () => void
}

/** Creates the list of one app: it is empty. */
export function createLeftSessions(
  endpoint: TokenEndpoint & { readonly runtime: Pick<Runtime, 'fetch' | 'after'> },
  vault: Vault,
): LeftSessions {
  const left = new Set<string>()
  let ending: Promise<void> | undefined
  let stop = (): void => {}
  const endAll = async (): Promise<void> => {
    for (const token of left) {
      await revoke(endpoint, token)
      left.delete(token)
      void vault.edit((kept) => ({ ...kept, left: kept.left.filter((one) => one !== token) }))
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
  const recall = (tokens: readonly string[]): void => {
    for (const token of tokens) left.add(token)
  }
  return {
    recall,
    with: (kept, former) => {
      const gone = [former, kept.refresh].filter((one) => one !== undefined)
      recall(gone)
      return [...new Set([...kept.left, ...gone])]
    },
    end,
    endSoon: () => void end().catch(() => {}),
  }
}
