import type { TrustedClock } from '../database/trusted-clock.ts'

/** The database's time between two reads of it, and how old the last read of the log is. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Milliseconds since the last good read was begun. */
  age(): number
  /** Notes a good read; `began` is when it began, by `performance.now()`. */
  set(began: number): void
}

export function createClock(time: Pick<TrustedClock, 'now'>): Clock {
  let read: number | undefined
  return {
    now: () => time.now(),
    age: () => (read === undefined ? Infinity : performance.now() - read),
    set: (began) => {
      read = began
    },
  }
}
