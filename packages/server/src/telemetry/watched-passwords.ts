import type { Passwords } from '../secrets/hashes/passwords.ts'
import { inSpan } from './spans.ts'

/** The same hasher, with a span for each hash, its wait for a turn included. */
export function watchedPasswords(passwords: Passwords): Passwords {
  return {
    ...passwords,
    hash: (...job) => inSpan('keyhaven.hash', () => passwords.hash(...job)),
    verify: (...job) => inSpan('keyhaven.hash', () => passwords.verify(...job)),
  }
}
