import type { TrustedClock } from '../database/trusted-clock.ts'

/** The database's time between two readings, and the age of the last read of the log. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Milliseconds since the last successful read began; Infinity before the first. */
  age(): number
  /** Notes a successful read; `began` is its start on the clock of `performance.now()`. */
  set(began: number): void
}

/** A clock over the database's time. */
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
