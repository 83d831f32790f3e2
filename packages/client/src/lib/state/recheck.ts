import type { Runtime } from '../runtime.ts'
import type { Exchange } from './exchange.ts'
import { isRefused, mayAsk } from './schedule.ts'
import type { Store } from './store.ts'

/** Checks with the service who is signed in, once for all tabs. */
export interface Recheck {
  /**
   * Does nothing while the last answer is valid. The refusal of a request that was sent at `sentAt`, after that
   * answer, makes it invalid, at most once in 5 s. Resolves with whether the person is known.
   */
  readonly recheck: (sentAt?: number) => Promise<boolean>
  /** Whether a check is waiting for its turn or for its answer. */
  readonly isRunning: () => boolean
}

/** Creates the checks of one page. */
export function createRecheck(
  runtime: Pick<Runtime, 'now'>,
  store: Store,
  { answer, ask, inTurn }: Exchange,
): Recheck {
  let running: Promise<void> | undefined
  return {
    isRunning: () => !!running,
    recheck: async (sentAt = -Infinity) => {
      const may = (): boolean => mayAsk(store.known, runtime.now(), sentAt)
      if (store.known.question) await answer()
      else if (may()) {
        await (running ??= inTurn(async () => {
          // Another tab may have checked while this one waited
          if (!may()) return
          const afterRefusal = isRefused(store.known, runtime.now(), sentAt)
          await ask({ type: 'ask', afterRefusal })
        }).finally(() => {
          running = undefined
          store.arm()
        }))
      }
      return !store.known.failing && store.known.state.status === 'signed-in'
    },
  }
}
