import { setTimeout as sleep } from 'node:timers/promises'
import type { Postgres } from '@keyhaven/stage/databases/postgres'
import type { Trouble } from '@keyhaven/stage/proxies/tcp-proxy'
import type { Crowd } from './people.ts'
import { MAX_STALENESS } from './fleet.ts'
import type { Fleet, GuardedApi } from './fleet.ts'
import type { Load } from './load.ts'
import type { Random } from './random.ts'

/** How much goes wrong. */
export interface Dose {
  /** Kills of a service's process. */
  readonly kills: number
  /** Kills of PostgreSQL. */
  readonly postgres: number
}

/** Something that goes wrong, and is mended. */
export interface Fault {
  readonly name: string
  happen(): Promise<void>
}

/** Troubles of a line, and their names for people. */
const troubles: Readonly<Record<string, Trouble>> = {
  'is reset': 'reset',
  'swallows everything': 'half open',
  'swallows answers': 'one way',
  hangs: 'hang',
}

interface Sides {
  readonly fleet: Fleet
  readonly postgres: Postgres
  readonly crowd: Crowd
  readonly load: Load
}

/** Every fault of a run in the order of its seed; some happen two at a time. */
export function planFaults(
  { kills, postgres }: Dose,
  random: Random,
  { fleet, postgres: server, crowd, load }: Sides,
): readonly Fault[] {
  const hold = (least: number, most: number): Promise<void> =>
    sleep(least + random.below(most - least))

  const killed = (which: readonly number[]): Fault => {
    const services = fleet.services.filter((_, at) => which.includes(at))
    return {
      name: `kill -9 of ${services.map(({ name }) => name).join(' and ')}`,
      happen: async () => {
        await Promise.all(services.map((one) => one.kill()))
        await hold(100, 1500)
        await Promise.all(services.map((one) => one.start()))
      },
    }
  }
  const postgresKilled = (): Fault => ({
    name: 'kill -9 of PostgreSQL',
    happen: async () => {
      await server.killAll()
      await hold(100, 3000)
      server.start()
    },
  })
  const cut = (): Fault => {
    const line = random.of(fleet.lines)
    const how = random.of(Object.keys(troubles))
    const isLong = random.next() < 0.15
    return {
      name: `${line.name} ${how}`,
      happen: async () => {
        line.be(troubles[how] ?? 'reset')
        // Now and then until the copies behind it are too old
        if (isLong) await hold(MAX_STALENESS * 1000, MAX_STALENESS * 1000 + 3000)
        else await hold(300, 4000)
        line.be('none')
      },
    }
  }
  const stopped = (guards: readonly GuardedApi[], wait: () => Promise<unknown>): Fault => ({
    name: `${guards.map(({ name }) => name).join(' and ')} stopped`,
    happen: async () => {
      for (const one of guards) {
        load.stopped.add(one)
        process.kill(one.pid, 'SIGSTOP')
      }
      await wait()
      for (const one of guards) {
        process.kill(one.pid, 'SIGCONT')
        load.stopped.delete(one)
      }
    },
  })
  const briefly = (): Fault => {
    const guards = new Set([random.of(fleet.guards), random.of(fleet.guards)])
    return stopped([...guards], () => hold(300, 3000))
  }
  /** What ends while a guard sleeps is refused by its very first answer, though it has heard nothing yet. */
  const asleep = (): Fault => {
    const guard = random.of(fleet.guards)
    const offers: Promise<void>[] = []
    const fault = stopped([guard], async () => {
      const person = await crowd.signUp()
      const [device] = person?.devices ?? []
      if (device) await crowd.signOut(device)
      const slept = crowd.dead.slice(-5)
      await sleep(MAX_STALENESS * 1000 + 500)
      for (const one of slept) offers.push(crowd.offer(one, guard), crowd.offer(one, guard))
    })
    return {
      name: `${guard.name} asleep for longer than a copy may be old`,
      happen: async () => {
        await fault.happen()
        await Promise.all(offers)
      },
    }
  }
  const together = (...faults: readonly Fault[]): Fault => ({
    name: faults.map(({ name }) => name).join(', '),
    happen: async () => void (await Promise.all(faults.map((one) => one.happen()))),
  })

  const faults: Fault[] = []
  for (let left = kills; left > 0; ) {
    const both = left > 1 && faults.length % 5 === 1
    const main = both ? killed([0, 1]) : killed([random.below(2)])
    left -= both ? 2 : 1
    const beside = random.next()
    if (beside < 0.3) faults.push(main, together(cut(), cut()))
    else if (beside < 0.7) faults.push(together(main, cut()))
    else faults.push(together(main, briefly()))
  }
  for (let at = 0; at < postgres; at++) {
    const main = at % 2 === 0 ? postgresKilled() : together(postgresKilled(), killed([at % 2]))
    faults.splice(random.below(faults.length + 1), 0, main)
  }
  for (let at = 0; at < Math.ceil(kills / 10); at++) {
    faults.splice(random.below(faults.length + 1), 0, together(asleep(), cut()))
  }
  return faults
}
