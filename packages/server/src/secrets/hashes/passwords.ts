import { dummyHash, hashCost } from './hash-cost.ts'
import { createHashPool } from './hash-pool.ts'
import type { HashPool, HashQueue } from './hash-pool.ts'
import type { HashPurpose } from './hash-turns.ts'

/** Hashes and verifies passwords. */
export interface Passwords {
  hash(purpose: HashPurpose, password: string): Promise<string>
  /** Without a hash (unknown account) it does the same work and returns false. */
  verify(purpose: HashPurpose, password: string, hash: string | undefined): Promise<boolean>
  /** Call before any other work, to refuse early. @throws KeyhavenError `overloaded`. */
  requireRoom(purpose: HashPurpose): void
  queue(): HashQueue
  close(): Promise<void>
}

/** Creates the hasher, which runs on threads of its own. */
export function createPasswords(pool: HashPool = createHashPool()): Passwords {
  return {
    hash: async (purpose, password) =>
      String(
        await pool.run(purpose, {
          password: canonical(password),
          hash: undefined,
          parameters: hashCost,
        }),
      ),
    verify: async (purpose, password, known) => {
      const job = { password: canonical(password), hash: known ?? dummyHash, parameters: hashCost }
      return (await pool.run(purpose, job)) === true && known !== undefined
    },
    requireRoom: (purpose) => pool.requireRoom(purpose),
    queue: () => pool.state(),
    close: () => pool.close(),
  }
}

/**
 * Normalizes to NFC, so that texts that look the same are the same; changes nothing else (SP
 * 800-63B-4 §3.1.1.2).
 */
export function canonical(password: string): string {
  return password.normalize('NFC')
}
