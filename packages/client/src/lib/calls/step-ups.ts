import type { AuthEvents } from '../state/events.ts'
import type { Listeners } from '../state/listeners.ts'
import type { Store } from '../state/store.ts'
import type { Runtime } from '../runtime.ts'
import { codeIn } from './results.ts'
import type { Reply } from './results.ts'

/** Milliseconds that a call waits for a step-up at most. */
const LONGEST = 300_000

/** Calls that wait at once. */
const MOST = 50

/** The calls of a page that wait until its user has proved their identity again. */
export interface StepUps {
  /**
   * Waits for a step-up in any tab, if this reply requires one. Resolves with whether the call may be repeated; at
   * once with `false` if the page does not listen to `step-up`. `seen` is what `mark` returned before the call.
   * @throws The reason of the signal, if it fires first.
   */
  readonly wait: (reply: Reply, seen: Mark, signal?: AbortSignal | null) => Promise<boolean>
  /** The proof of identity that the page knows. */
  readonly mark: () => Mark
  /** This page has stepped up: the calls that wait are repeated. */
  readonly done: () => void
  /** The current event, if calls wait. */
  readonly pending: () => AuthEvents['step-up'] | undefined
}

/** The user of a page, and their session with the time of its last proof, empty without one. */
interface Mark {
  readonly account: string | undefined
  readonly session: string | undefined
  readonly provedAt: string
}

/** Creates the waiting calls of one page: there are none yet. */
export function createStepUps(
  runtime: Pick<Runtime, 'after'>,
  store: Pick<Store, 'known'>,
  listeners: Listeners,
): StepUps {
  const waiting = new Set<(isProved: boolean) => void>()
  const settle = (isProved: boolean): void => {
    for (const resolve of waiting) resolve(isProved)
  }
  const mark = (): Mark => {
    const { id, authTime } = store.known.view?.session ?? {}
    return { account: store.known.view?.account.id, session: id, provedAt: authTime ?? '' }
  }
  const event = (): AuthEvents['step-up'] => ({
    waiting: waiting.size,
    cancel: () => settle(false),
  })
  return {
    mark,
    done: () => settle(true),
    pending: () => (waiting.size ? event() : undefined),
    wait: async (reply, seen, signal) => {
      if (reply?.status !== 401 || codeIn(reply) !== 'step_up_required') return false
      if (!listeners.has('step-up') || waiting.size >= MOST) return false
      let stop = (): void => {}
      try {
        return await new Promise<boolean>((resolve, reject) => {
          // Another tab may have stepped up while the call was under way
          const look = (): void => {
            const { account, session, provedAt } = mark()
            if (account !== seen.account || store.known.state.leaving) resolve(false)
            // Times have one form, so their order is that of their texts
            else if (session !== seen.session || provedAt > seen.provedAt) resolve(true)
          }
          const abort = (): void => reject(signal?.reason as Error)
          const stops = [
            listeners.on('next', look),
            runtime.after(LONGEST, () => resolve(false)),
            () => signal?.removeEventListener('abort', abort),
          ]
          stop = () => {
            for (const one of stops) one()
            if (waiting.delete(resolve)) listeners.emit('step-up', event())
          }
          signal?.addEventListener('abort', abort)
          if (signal?.aborted) return abort()
          waiting.add(resolve)
          look()
          listeners.emit('step-up', event())
        })
      } finally {
        stop()
      }
    },
  }
}
