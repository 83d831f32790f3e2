import type { Passwords } from '../secrets/hashes/passwords.ts'
import { inSpan } from './spans.ts'

/** Wraps a hasher with a span for each hash, including the wait for its turn. */
export function watchedPasswords(passwords: Passwords): Passwords {
  return {
    ...passwords,
    hash: (...job) => inSpan('keyhaven.hash', () => passwords.hash(...job)),
    verify: (...job) => inSpan('keyhaven.hash', () => passwords.verify(...job)),
  }
}
