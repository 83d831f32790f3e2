/** The purpose of hashing a password. */
export type HashPurpose = 'sign-in' | 'sign-up' | 'change'

/**
 * Jobs that may wait for each purpose. Each has its own places, so a flood of sign-ups leaves those
 * of sign-in free.
 */
const PLACES: Readonly<Record<HashPurpose, number>> = { 'sign-in': 64, 'sign-up': 48, change: 16 }

const purposes = Object.keys(PLACES) as readonly HashPurpose[]

/** Jobs that wait for a hash thread. */
export interface HashTurns<T> {
  readonly waiting: number
  hasRoom(purpose: HashPurpose): boolean
  push(purpose: HashPurpose, job: T): void
  /** The next job. Purposes take turns, and each keeps its order of arrival. */
  shift(): T | undefined
  /** Removes and returns all jobs. */
  empty(): readonly T[]
}

/** A queue for each purpose. */
export function createHashTurns<T>(): HashTurns<T> {
  const queues: Readonly<Record<HashPurpose, T[]>> = { 'sign-in': [], 'sign-up': [], change: [] }
  let turn = 0
  return {
    get waiting() {
      return purposes.reduce((sum, purpose) => sum + queues[purpose].length, 0)
    },
    hasRoom: (purpose) => queues[purpose].length < PLACES[purpose],
    push: (purpose, job) => void queues[purpose].push(job),
    shift: () => {
      for (let tried = 0; tried < purposes.length; tried++) {
        const purpose = purposes[turn++ % purposes.length]
        const job = purpose && queues[purpose].shift()
        if (job !== undefined) return job
      }
      return undefined
    },
    empty: () => purposes.flatMap((purpose) => queues[purpose].splice(0)),
  }
}
