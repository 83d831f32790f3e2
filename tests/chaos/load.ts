import { setTimeout as sleep } from 'node:timers/promises'
import type { Crowd, Person } from './people.ts'
import type { GuardedApi, Served } from './fleet.ts'
import type { Random } from './random.ts'

/** People at work, each with persons of their own; those who revoke all the time; those who try dead tokens. */
export interface Crew {
  readonly workers: number
  readonly revokers: number
  readonly watchers: number
}

const NINE: Crew = { workers: 4, revokers: 2, watchers: 3 }

export interface Load {
  /** Guards that are stopped: a call there would wait. */
  readonly stopped: Set<GuardedApi>
  /** Resolves when every answer has come. */
  end(): Promise<void>
}

/** Everybody does something, until the end. */
export function startLoad(
  fleet: Served,
  crowd: Crowd,
  random: Random,
  { workers, revokers, watchers }: Crew = NINE,
): Load {
  const stopped = new Set<GuardedApi>()
  let over = false
  const guard = (): GuardedApi => random.of(fleet.guards.filter((one) => !stopped.has(one)))
  const pause = (milliseconds: number): Promise<void> => sleep(random.below(milliseconds))

  const act = async (person: Person): Promise<unknown> => {
    const live = person.devices.filter(({ state }) => state === 'live')
    const unfinished = person.devices.filter(({ state }) => state === 'unknown')
    if (person.state === 'locking') return crowd.lock(person)
    const [device] = live
    // What was asked for and not answered is asked for again
    if (person.passwords.length === 1 && unfinished[0]) return crowd.signOut(unfinished[0])
    if (person.state !== 'active' || device === undefined) return undefined
    const what = random.next()
    if (what < 0.2) return live.length < 4 && crowd.signIn(person)
    if (what < 0.4) return crowd.current(device)
    if (what < 0.5) return crowd.current(device, 'renew')
    if (what < 0.8)
      return Promise.all([guard(), guard(), guard()].map((one) => crowd.call(device, one)))
    if (what < 0.9) return live.length > 1 && crowd.signOut(random.of(live))
    if (what < 0.95) return crowd.changePassword(random.of(live))
    return person.devices.length > 1 && crowd.lock(person)
  }
  const work = async (): Promise<void> => {
    const mine: Person[] = []
    while (!over) {
      if (mine.filter(({ state }) => state !== 'lost').length < 3 || random.next() < 0.05) {
        const person = await crowd.signUp()
        if (person) mine.push(person)
      } else await act(random.of(mine))
      await pause(60)
    }
  }
  const revoke = async (): Promise<void> => {
    let person: Person | undefined
    while (!over) {
      person ??= await crowd.signUp()
      const [device] = person?.devices ?? []
      if (device) {
        if (device.tokens.every((one) => device.unrecorded.has(one)))
          await crowd.current(device, 'renew')
        await crowd.call(device, guard())
        await crowd.revoke(device)
      }
      await pause(40)
    }
  }
  const watch = async (): Promise<void> => {
    while (!over) {
      // The newest are the likeliest to be missed
      const known = random.next() < 0.5 ? crowd.dead.slice(-50) : crowd.dead
      const where = random.next() < 0.2 ? undefined : guard()
      if (known.length > 0) await crowd.offer(random.of(known), where)
      await pause(30)
    }
  }
  const crew = (size: number, one: () => Promise<void>): Promise<void>[] =>
    Array.from({ length: size }, one)
  const all = [...crew(workers, work), ...crew(revokers, revoke), ...crew(watchers, watch)]
  return {
    stopped,
    end: async () => {
      over = true
      await Promise.all(all)
    },
  }
}
