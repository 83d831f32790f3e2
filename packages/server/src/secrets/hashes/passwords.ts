import { createHashPool } from './hash-pool.ts'
import type { HashPool, HashQueue } from './hash-pool.ts'
import type { HashDoor } from './hash-turns.ts'

/** Argon2id at OWASP's parameters: 19 MiB, two passes, one lane. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** A hash of a password that nobody has: checking against it costs what a real check costs. */
const DUMMY =
  '$argon2id$v=19$m=19456,t=2,p=1$p6disGUXtPvpKW0LhwLx+g$pbMQ9pkH4TbgqRkPXdTtCKGPNVnhhV9QTd0lUeFUGbk'

/** Hashes and checks passwords. */
export interface Passwords {
  hash(door: HashDoor, password: string): Promise<string>
  /** Without a hash (unknown account) the same work is done and the answer is false. */
  verify(door: HashDoor, password: string, hash: string | undefined): Promise<boolean>
  /** Refuses before any other work is done for somebody who would be refused. @throws KeyhavenError `overloaded` */
  requireRoom(door: HashDoor): void
  queue(): HashQueue
  close(): Promise<void>
}

/** Makes the hasher: as many at once as there are cores, on threads of its own, off the event loop. */
export function createPasswords(pool: HashPool = createHashPool()): Passwords {
  return {
    hash: async (door, password) =>
      String(await pool.run(door, { password: canonical(password), hash: undefined, parameters })),
    verify: async (door, password, known) => {
      const job = { password: canonical(password), hash: known ?? DUMMY, parameters }
      return (await pool.run(door, job)) === true && known !== undefined
    },
    requireRoom: (door) => pool.requireRoom(door),
    queue: () => pool.state(),
    close: () => pool.close(),
  }
}

/** One spelling for what looks the same; otherwise exactly as received (SP 800-63B-4 §3.1.1.2). */
export function canonical(password: string): string {
  return password.normalize('NFC')
}
