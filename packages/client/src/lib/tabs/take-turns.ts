import type { Runtime } from '../runtime.ts'

/** Longer than any call lasts: a tab that still holds the lock then no longer runs. */
const PATIENCE = 12_000
/** Milliseconds in which an answer reaches the other tabs, before the next of them has its turn. */
const SPREADS = 100

/** Runs work while no other tab of the browser does, but waits for none of them longer than a call lasts. */
export function takeTurn<T>(runtime: Runtime, name: string, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve) => {
    const patience = new AbortController()
    const stop = runtime.after(PATIENCE, () => patience.abort())
    void runtime.lock(name, patience.signal, async () => {
      stop()
      resolve(await work())
      await new Promise<void>((spread) => runtime.after(SPREADS, spread))
    })
  })
}
