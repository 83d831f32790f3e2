import type { Runtime } from '../runtime.ts'

/** Longer than any call lasts: a tab that holds the lock and has not been heard of since no longer runs. */
const PATIENCE = 12_000
/** Milliseconds in which an answer reaches the other tabs, before the next of them has its turn. */
const SPREADS = 100

interface Turn<T> {
  readonly runtime: Runtime
  readonly name: string
  /** When another tab was last heard of: the turns go on. */
  readonly heardAt: () => number
  readonly work: () => Promise<T>
}

/** Runs work while no other tab of the browser does, but waits for none that stands still. */
export function takeTurn<T>({ runtime, name, heardAt, work }: Turn<T>): Promise<T> {
  return new Promise((resolve) => {
    const patience = new AbortController()
    let stop = (): void => {}
    const wait = (since: number): void => {
      stop = runtime.after(since + PATIENCE - runtime.now(), () => {
        if (heardAt() > since) wait(heardAt())
        else patience.abort()
      })
    }
    wait(runtime.now())
    void runtime.lock(name, patience.signal, async () => {
      stop()
      resolve(await work())
      await new Promise<void>((spread) => runtime.after(SPREADS, spread))
    })
  })
}
