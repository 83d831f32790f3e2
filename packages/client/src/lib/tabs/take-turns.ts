import type { Runtime } from '../runtime.ts'

/** Milliseconds, longer than any call: a tab that holds the lock and sends nothing for so long is frozen. */
const TIME_OUT = 12_000
/** Milliseconds in which an answer reaches the other tabs, before the next tab has its turn. */
const SPREADS = 100

interface Turn<T> {
  readonly runtime: Runtime
  readonly name: string
  /** When another tab last sent a message, which shows that the turns go on. */
  readonly receivedAt: () => number
  readonly work: () => Promise<T>
}

/** Runs `work` while no other tab of the browser does, without waiting for a frozen tab. */
export function takeTurn<T>({ runtime, name, receivedAt, work }: Turn<T>): Promise<T> {
  return new Promise((resolve) => {
    const waiting = new AbortController()
    let stop = (): void => {}
    const wait = (since: number): void => {
      stop = runtime.after(since + TIME_OUT - runtime.now(), () => {
        if (receivedAt() > since) wait(receivedAt())
        else waiting.abort()
      })
    }
    wait(runtime.now())
    void runtime.lock(name, waiting.signal, async () => {
      stop()
      resolve(await work())
      await new Promise<void>((spread) => runtime.after(SPREADS, spread))
    })
  })
}
