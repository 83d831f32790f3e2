import type { Runtime } from '../runtime.ts'

/** Longer than any call lasts: a tab that holds the lock and has sent nothing since no longer runs. */
const PATIENCE = 12_000
/** Milliseconds in which an answer reaches the other tabs, before the next of them has its turn. */
const SPREADS = 100

interface Turn<T> {
  readonly runtime: Runtime
  readonly name: string
  /** When another tab last sent something: the turns go on. */
  readonly receivedAt: () => number
  readonly work: () => Promise<T>
}

/** Runs work while no other tab of the browser does, but waits for none that stands still. */
export function takeTurn<T>({ runtime, name, receivedAt, work }: Turn<T>): Promise<T> {
  return new Promise((resolve) => {
    const patience = new AbortController()
    let stop = (): void => {}
    const wait = (since: number): void => {
      stop = runtime.after(since + PATIENCE - runtime.now(), () => {
        if (receivedAt() > since) wait(receivedAt())
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
