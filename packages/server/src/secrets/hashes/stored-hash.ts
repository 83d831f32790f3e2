import { KeyhavenError } from '@keyhaven/core/errors'
import type { Peppers, Pepper } from '../pepper.ts'
import { hashCost } from './hash-cost.ts'

/** A hash as it is stored: the id of its pepper, if it has one, and a PHC string. */
export interface StoredHash {
  readonly pepper: string | undefined
  readonly phc: string
}

const PEPPERED = /^\$pepper\$([\w-]+)(\$.*)$/

/** The beginning of every stored hash of a pepper. */
export function hashPrefix(pepper: string): string {
  return `$pepper$${pepper}$`
}

/** Writes a hash as it is stored. */
export function storedHash(phc: string, pepper: Pepper | undefined): string {
  return pepper === undefined ? phc : `${hashPrefix(pepper.id)}${phc.slice(1)}`
}

/** Reads a stored hash. */
export function parseHash(stored: string): StoredHash {
  const [, pepper, phc] = PEPPERED.exec(stored) ?? []
  return phc === undefined ? { pepper: undefined, phc: stored } : { pepper, phc }
}

/**
 * The pepper of a hash; `undefined` for a hash without one.
 * @throws KeyhavenError `unavailable` if this process does not have it: the password may be right.
 */
export function pepperOf({ pepper }: StoredHash, { all }: Peppers): Pepper | undefined {
  if (pepper === undefined) return undefined
  const found = all.find(({ id }) => id === pepper)
  if (found !== undefined) return found
  const reason = `the hash of a password needs the pepper ${pepper}, which KEYHAVEN_PEPPER_FILE of this process does not have`
  throw new KeyhavenError('unavailable', { reason, retryAfter: 1 })
}

const COSTS = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$/

/** Whether a hash has another pepper than the current one, or costs less than hashes cost today. */
export function isOutdated(stored: string, { all: [current] }: Peppers): boolean {
  const { pepper, phc } = parseHash(stored)
  if (pepper !== current?.id) return true
  const [, memory, time, lanes] = COSTS.exec(phc) ?? []
  const { memoryCost, timeCost, parallelism } = hashCost
  return (
    memory === undefined ||
    Number(memory) < memoryCost ||
    Number(time) < timeCost ||
    Number(lanes) < parallelism
  )
}

const COST = /\$m=(\d+),t=(\d+),p=(\d+)/

/** The greatest cost of a hash that is computed: 256 MiB, ten passes, eight lanes (H33). */
const MOST = { memory: 262_144, time: 10, lanes: 8 }

/**
 * Refuses a hash whose check would use up this machine.
 * @throws KeyhavenError `internal`.
 */
export function requireAffordable({ phc }: StoredHash): void {
  const [, memory, time, lanes] = COST.exec(phc) ?? []
  if (Number(memory) <= MOST.memory && Number(time) <= MOST.time && Number(lanes) <= MOST.lanes) {
    return
  }
  const reason = `the hash of a password costs more than is computed (${COST.exec(phc)?.[0] ?? 'no cost'})`
  throw new KeyhavenError('internal', { reason })
}
