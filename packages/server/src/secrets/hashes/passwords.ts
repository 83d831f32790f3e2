import { dummyHash, hashCost } from './hash-cost.ts'
import { createHashPool } from './hash-pool.ts'
import type { HashPool, HashQueue } from './hash-pool.ts'
import type { HashPurpose } from './hash-turns.ts'
import { noPeppers } from '../pepper.ts'
import type { Peppers } from '../pepper.ts'
import { isOutdated, parseHash, pepperOf, requireAffordable, storedHash } from './stored-hash.ts'

/** Hashes and verifies passwords. */
export interface Passwords {
  hash(purpose: HashPurpose, password: string): Promise<string>
  /** Without a hash (unknown account) it does the same work and returns false. */
  verify(purpose: HashPurpose, password: string, hash: string | undefined): Promise<boolean>
  /** Whether a hash was made at a lower cost than today's, or with another pepper. */
  isOutdated(hash: string): boolean
  /** Call before any other work, to refuse early. @throws KeyhavenError `overloaded`. */
  requireRoom(purpose: HashPurpose): void
  queue(): HashQueue
  close(): Promise<void>
}

/** Creates the hasher, which runs on threads of its own. */
export function createPasswords(
  pool: HashPool = createHashPool(),
  peppers: Peppers = noPeppers,
): Passwords {
  const [current] = peppers.all
  return {
    hash: async (purpose, password) => {
      const job = { password: canonical(password), pepper: current?.key, hash: undefined }
      return storedHash(String(await pool.run(purpose, { ...job, parameters: hashCost })), current)
    },
    verify: async (purpose, password, known) => {
      const stored = known === undefined ? undefined : parseHash(known)
      if (stored !== undefined) requireAffordable(stored)
      const pepper = stored === undefined ? current : pepperOf(stored, peppers)
      const job = {
        password: canonical(password),
        pepper: pepper?.key,
        hash: stored?.phc ?? dummyHash,
        parameters: hashCost,
      }
      return (await pool.run(purpose, job)) === true && known !== undefined
    },
    isOutdated: (hash) => isOutdated(hash, peppers),
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
