import { setImmediate as turn } from 'node:timers/promises'
import { createAuth } from '@keyhaven/client'
import type { Auth, AuthOptions, PageEvent, Runtime, StreamEvent } from '@keyhaven/client'

/** A tab of a simulated browser: a store of its own, and what the browser tells it. */
export interface Tab {
  readonly auth: Auth
  readonly tell: (event: PageEvent) => void
  /** Its timers and messages wait until it runs again. */
  frozen: boolean
  close(): void
}

/** An open stream of the session's events. */
export interface Stream {
  readonly tab: Tab
  readonly tell: (event: StreamEvent) => void
}

/** Tabs that share locks, a channel and a clock that only the test moves. The network is real. */
export interface Browser {
  open(options?: Partial<AuthOptions>): Tab
  /** Moves the clock, runs the timers that come due, and waits until nothing is under way. */
  pass(milliseconds: number): Promise<void>
  /** The same, while an answer is held back: it is not waited for. */
  tick(milliseconds: number): Promise<void>
  readonly streams: Set<Stream>
  readonly storage: Map<string, string>
  /** From now on no message reaches another tab. */
  loseMessages(): void
  /** From now on streams don't open: something on the way holds them back. */
  holdStreams(): void
  now(): number
}

interface Waiting {
  readonly run: () => Promise<void>
  readonly tab: Tab
}

export function createBrowser(url: () => string, send: typeof fetch = fetch): Browser {
  const storage = new Map<string, string>()
  let opens = true
  let carries = true
  let clock = 1_000_000
  let underWay = 0
  const timers = new Set<{ readonly at: number; readonly call: () => void; readonly tab: Tab }>()
  const held = new Set<string>()
  const queues = new Map<string, Waiting[]>()
  const ears = new Map<Tab, (message: unknown) => void>()
  const closed = new Set<Tab>()
  const releases = new Map<Tab, Set<() => void>>()
  const streams = new Set<Stream>()

  const settle = async (waits: boolean): Promise<void> => {
    for (let quiet = 0; quiet < 5; quiet++) {
      await turn()
      if (waits && underWay > 0) quiet = -1
    }
  }
  const grant = (name: string): void => {
    if (held.has(name)) return
    const next = queues.get(name)?.shift()
    if (!next) return
    held.add(name)
    const release = (): void => {
      if (!releases.get(next.tab)?.delete(release)) return
      held.delete(name)
      grant(name)
    }
    releases.get(next.tab)?.add(release)
    void next.run().then(release)
  }

  const open = (options: Partial<AuthOptions> = {}): Tab => {
    let watcher: (event: PageEvent) => void = () => {}
    const runtime: Runtime = {
      now: () => clock,
      random: () => 0,
      origin: () => new URL(url()).origin,
      base: () => url(),
      fetch: async (input, init) => {
        underWay++
        try {
          return await send(input, init)
        } finally {
          underWay--
        }
      },
      after: (milliseconds, call) => {
        const timer = { at: clock + Math.max(0, milliseconds), call, tab }
        timers.add(timer)
        return () => void timers.delete(timer)
      },
      watch: (listener) => {
        watcher = listener
      },
      lock: (name, signal, work) =>
        new Promise((resolve) => {
          let running: Promise<void> | undefined
          const run = (): Promise<void> => {
            running ??= work()
            void running.then(resolve)
            return running
          }
          const queue = queues.get(name) ?? []
          const one = { run, tab }
          queues.set(name, queue)
          queue.push(one)
          signal.addEventListener('abort', () => {
            const at = queue.indexOf(one)
            if (at < 0) return
            queue.splice(at, 1)
            void run()
          })
          grant(name)
        }),
      join: (_name, hear) => {
        ears.set(tab, hear)
        return (message) => {
          for (const [other, listen] of ears) {
            if (other === tab || !carries) continue
            const deliver = (): void => {
              if (closed.has(other)) return
              // A frozen page gets its messages when it runs again
              if (other.frozen) timers.add({ at: clock, call: deliver, tab: other })
              else listen(structuredClone(message))
            }
            setImmediate(deliver)
          }
        }
      },
      listen: (_url, tell) => {
        const stream = { tab, tell }
        if (!closed.has(tab)) streams.add(stream)
        if (opens) setImmediate(() => streams.has(stream) && tell('open'))
        return () => void streams.delete(stream)
      },
      remember: (name, value) => {
        if (value === null) storage.delete(name)
        else if (value !== undefined) storage.set(name, value)
        return storage.get(name) ?? null
      },
    }
    const tab: Tab = {
      auth: createAuth({ url: url(), ...options, runtime }),
      tell: (event) => watcher(event),
      frozen: false,
      close: () => {
        closed.add(tab)
        for (const timer of timers) if (timer.tab === tab) timers.delete(timer)
        for (const stream of streams) if (stream.tab === tab) streams.delete(stream)
        for (const release of releases.get(tab) ?? []) release()
      },
    }
    releases.set(tab, new Set())
    return tab
  }

  const run = async (milliseconds: number, waits: boolean): Promise<void> => {
    const end = clock + milliseconds
    await settle(waits)
    for (;;) {
      const [next] = [...timers]
        .filter(({ at, tab }) => at <= end && !tab.frozen)
        .toSorted((a, b) => a.at - b.at)
      if (!next) break
      timers.delete(next)
      clock = Math.max(clock, next.at)
      next.call()
      await settle(waits)
    }
    clock = end
    await settle(waits)
  }

  return {
    open,
    streams,
    storage,
    loseMessages: () => {
      carries = false
    },
    holdStreams: () => {
      opens = false
    },
    now: () => clock,
    pass: (milliseconds) => run(milliseconds, true),
    tick: (milliseconds) => run(milliseconds, false),
  }
}
