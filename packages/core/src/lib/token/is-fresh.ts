import { LEEWAY } from './check-claims.ts'

/** Milliseconds by which a written time may be ahead; if it is more, the clock was wrong then. */
const AHEAD = LEEWAY * 1000

/**
 * Whether a proof of identity at `authTime` is at most `maxAge` seconds old. Times are milliseconds since 1970; 0
 * stands for no proof. A proof of the future is not fresh: the clock was wrong, and its age is not known.
 */
export function isFresh(authTime: number, now: number, maxAge: number): boolean {
  const age = now - authTime
  return authTime > 0 && age >= -AHEAD && age <= maxAge * 1000
}
