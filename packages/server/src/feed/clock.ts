/** The database's time between two reads of it: the last that was read, and this process's own advance since. */
export interface Clock {
  /** Milliseconds since 1970; never goes back. */
  now(): number
  /** Milliseconds since the database's time was taken over last. */
  age(): number
  /** Takes a time that the database just gave. */
  set(time: number): void
}

export function createClock(): Clock {
  let read: { readonly time: number; readonly at: number } | undefined
  let latest = 0
  return {
    now: () => {
      // Until the database was read once there is nothing else to go by
      if (read === undefined) return Date.now()
      latest = Math.max(latest, Math.floor(read.time + (performance.now() - read.at)))
      return latest
    },
    age: () => (read === undefined ? Infinity : performance.now() - read.at),
    set: (time) => {
      read = { time, at: performance.now() }
    },
  }
}
