import { browserRuntime } from '../runtime.ts'
import type { Runtime } from '../runtime.ts'

/** Calls back each time the app returns to the foreground. */
export type OnResume = (resumed: () => void) => unknown

/**
 * The runtime of a store that holds its tokens itself: it is alone, as each instance has a session of its own. No
 * origin is its own, so only the service and the listed origins get the access token.
 */
export function appRuntime(
  given: Partial<Runtime> | undefined,
  service: URL,
  onResume?: OnResume,
): Required<Runtime> {
  const runtime = { ...browserRuntime, ...given }
  return {
    ...runtime,
    origin: () => undefined,
    base: () => service.href,
    lock: (_name, _signal, work) => work(),
    join: () => () => {},
    listen: () => () => {},
    remember: () => null,
    watch: (listener) => {
      // React Native has a `window` without events
      if (given?.watch || typeof document !== 'undefined') runtime.watch(listener)
      onResume?.(() => {
        listener('acted')
        listener('back')
      })
    },
  }
}

/** Gives `AbortSignal.timeout`, with which every call ends, to JavaScript engines of apps that lack it. */
export function addTimeouts(): void {
  const signals = AbortSignal as { timeout?: (milliseconds: number) => AbortSignal }
  signals.timeout ??= (milliseconds) => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(), milliseconds)
    return controller.signal
  }
}

const running = new Map<string, Promise<unknown>>()

/**
 * Runs `work` while no other instance with this name does: in the same script, and in other views of an app whose
 * browser has locks. Two instances would use one refresh token.
 */
export function aloneIn(name: string, work: () => Promise<void>): Promise<void> {
  const before = running.get(name) ?? Promise.resolve()
  const mine = before.then(async () => {
    let outcome: Promise<void> | undefined
    await browserRuntime.lock(name, new AbortController().signal, () => {
      outcome = work()
      // The lock holds until the work has ended, however that is
      return outcome.catch(() => {})
    })
    await outcome
  })
  running.set(
    name,
    mine.catch(() => {}),
  )
  return mine
}
