/** The locks of a browser. */
export interface Locks<Tab> {
  request(name: string, tab: Tab, signal: AbortSignal, work: () => Promise<void>): Promise<void>
  /** A tab is closed. */
  drop(tab: Tab): void
}

/** Web Locks: a tab that stands still keeps what it holds; one that is closed does not. */
export function createLocks<Tab>(): Locks<Tab> {
  interface Waiting {
    readonly tab: Tab
    readonly run: () => Promise<void>
  }
  const queues = new Map<string, Waiting[]>()
  const holders = new Map<string, Waiting>()
  const grant = (name: string): void => {
    if (holders.has(name)) return
    const next = queues.get(name)?.shift()
    if (!next) return
    holders.set(name, next)
    void next.run().finally(() => {
      if (holders.get(name) !== next) return
      holders.delete(name)
      grant(name)
    })
  }
  return {
    request: (
      name: string,
      tab: Tab,
      signal: AbortSignal,
      work: () => Promise<void>,
    ): Promise<void> =>
      new Promise((resolve) => {
        let running: Promise<void> | undefined
        const run = (): Promise<void> => {
          running ??= work()
          void running.then(resolve)
          return running
        }
        const queue = queues.get(name) ?? []
        const waiting = { tab, run }
        queues.set(name, [...queue, waiting])
        signal.addEventListener('abort', () => {
          const all = queues.get(name) ?? []
          if (!all.includes(waiting)) return
          queues.set(
            name,
            all.filter((one) => one !== waiting),
          )
          void run()
        })
        grant(name)
      }),
    drop: (tab: Tab): void => {
      for (const [name, all] of queues)
        queues.set(
          name,
          all.filter((one) => one.tab !== tab),
        )
      for (const [name, holder] of holders) {
        if (holder.tab !== tab) continue
        holders.delete(name)
        grant(name)
      }
    },
  }
}
