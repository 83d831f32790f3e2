/** What a password is hashed for. */
export type HashDoor = 'sign-in' | 'sign-up' | 'change'

/**
 * Jobs that may wait at each door. No door uses the places of another, so a flood of sign-ups leaves all
 * places of sign-in free.
 */
const PLACES: Readonly<Record<HashDoor, number>> = { 'sign-in': 64, 'sign-up': 48, change: 16 }

const openKeyhaven = Object.keys(PLACES) as readonly HashDoor[]

/** Jobs that wait for a hash thread. */
export interface HashTurns<T> {
  readonly waiting: number
  hasRoom(door: HashDoor): boolean
  push(door: HashDoor, job: T): void
  /** The next job. Doors take turns, and each keeps its order of arrival. */
  shift(): T | undefined
  /** All jobs; none waits afterwards. */
  empty(): readonly T[]
}

export function createHashTurns<T>(): HashTurns<T> {
  const queues: Readonly<Record<HashDoor, T[]>> = { 'sign-in': [], 'sign-up': [], change: [] }
  let turn = 0
  return {
    get waiting() {
      return openKeyhaven.reduce((sum, door) => sum + queues[door].length, 0)
    },
    hasRoom: (door) => queues[door].length < PLACES[door],
    push: (door, job) => void queues[door].push(job),
    shift: () => {
      for (let tried = 0; tried < openKeyhaven.length; tried++) {
        const door = openKeyhaven[turn++ % openKeyhaven.length]
        const job = door && queues[door].shift()
        if (job !== undefined) return job
      }
      return undefined
    },
    empty: () => openKeyhaven.flatMap((door) => queues[door].splice(0)),
  }
}
