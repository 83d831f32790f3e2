import { availableParallelism } from 'node:os'
import { hash, verify } from '@node-rs/argon2'
import { KeyhavenError } from '@keyhaven/core/errors'

/** Argon2id at OWASP's parameters: 19 MiB, two passes, one lane. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** A hash of a password that nobody has: checking against it costs what a real check costs. */
const DUMMY =
  '$argon2id$v=19$m=19456,t=2,p=1$p6disGUXtPvpKW0LhwLx+g$pbMQ9pkH4TbgqRkPXdTtCKGPNVnhhV9QTd0lUeFUGbk'

/** Hashes wait in turn for a core; this many at most. */
const MAX_WAITING = 64

/** Hashes and checks passwords, as many at once as there are cores. */
export interface Passwords {
  hash(password: string): Promise<string>
  /** Without a hash (unknown account) the same work is done and the answer is false. */
  verify(password: string, hash: string | undefined): Promise<boolean>
}

/** Makes the hasher. The hash works on its own thread, off the event loop. */
export function createPasswords(): Passwords {
  const turn = limiter(availableParallelism(), MAX_WAITING)
  return {
    hash: (password) => turn(() => hash(canonical(password), parameters)),
    verify: (password, known) =>
      turn(async () => (await verify(known ?? DUMMY, canonical(password))) && known !== undefined),
  }
}

/** One spelling for what looks the same; otherwise exactly as received (SP 800-63B-4 §3.1.1.2). */
export function canonical(password: string): string {
  return password.normalize('NFC')
}

function limiter(slots: number, seats: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let busy = 0
  return async (work) => {
    if (busy >= slots) {
      if (waiting.length >= seats) throw new KeyhavenError('overloaded', { retryAfter: 2 })
      await new Promise<void>((go) => waiting.push(go))
    } else busy++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else busy--
    }
  }
}
