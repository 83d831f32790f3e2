/** The database's time between two reads of it: the last that was read, and this process's own advance since. */
export interface Clock {
  /** Milliseconds since 1970; never goes back. */
  now(): number
  /** Milliseconds since the last good read was begun. */
  age(): number
  /** Takes a time that the database just gave; `began` is when it was asked, by `performance.now()`. */
  set(time: number, began: number): void
}

export function createClock(): Clock {
  let read: { readonly time: number; readonly at: number; readonly began: number } | undefined
  let latest = 0
  return {
    now: () => {
      // Until the database was read once there is nothing else to go by
      if (read === undefined) return Date.now()
      latest = Math.max(latest, Math.floor(read.time + (performance.now() - read.at)))
      return latest
    },
    age: () => (read === undefined ? Infinity : performance.now() - read.began),
    set: (time, began) => {
      read = { time, at: performance.now(), began }
    },
  }
}
