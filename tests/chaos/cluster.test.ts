import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { doses } from '../doses.ts'
import { startCluster } from '@keyhaven/stage/databases/cluster'
import type { Cluster } from '@keyhaven/stage/databases/cluster'
import { rowsIn } from '@keyhaven/stage/databases/databases'
import { until } from '@keyhaven/stage/processes/process'
import { ask } from './ask.ts'
import { converge } from './converge.ts'
import { createCrowd, PASSWORD } from './crowd.ts'
import type { Crowd, Person } from './people.ts'
import { startFleet } from './fleet.ts'
import type { Fleet } from './fleet.ts'
import { startLoad } from './load.ts'
import { createRandom } from './random.ts'
import type { Random } from './random.ts'
import { checkEverything } from './reckoning.ts'
import { createWitness } from './witness.ts'
import type { Witness } from './witness.ts'

const administrator = { email: 'root@example.com', password: PASSWORD }
const { KEYHAVEN_CHAOS_SEED: chosen } = process.env
const seeds =
  chosen === undefined
    ? Array.from({ length: doses.clusterSeeds }, (_, at) => at + 1)
    : [Number(chosen)]
/** At work during the failovers: the machine runs three databases beside them. */
const CREW = { workers: 3, revokers: 1, watchers: 2 }
/** Failovers of each seed. */
const FAILOVERS = 2

/** Roles and keys that were taken away, which no failover may bring back. */
interface Taken {
  /** Accounts without the role `support`. */
  readonly roles: string[]
  /** Keys of guards. */
  readonly keys: string[]
}

interface Run {
  readonly fleet: Fleet
  readonly cluster: Cluster
  readonly witness: Witness
  readonly crowd: Crowd
  readonly random: Random
  readonly taken: Taken
}

describe.each([
  ['synchronous', true, 'nothing acknowledged is lost, and no user is signed out'],
  ['asynchronous, with lost writes', false, 'nothing that was ended comes back'],
] as const)(
  'a failover of three PostgreSQL under Patroni, %s (H8)',
  (name, synchronous, promise) => {
    let cluster: Cluster
    let fleet: Fleet
    beforeAll(async () => {
      cluster = await startCluster({ synchronous })
      const { port } = new URL(cluster.url('postgres'))
      const server = { port: Number(port), url: (database: string) => cluster.url(database) }
      fleet = await startFleet({ administrator, server, guards: 3 })
    })
    afterAll(async () => {
      await fleet?.close()
      await cluster?.close()
    })

    it.each(seeds)(
      `${promise}: seed %i`,
      async (seed) => {
        const began = Date.now()
        const witness = createWitness()
        const random = createRandom(seed)
        const who = { name: `${name.slice(0, 4)}${seed}.`, fleet, witness, random, administrator }
        const crowd = createCrowd(who)
        await until(
          'the administrator signs in',
          () =>
            crowd.begin().then(
              () => true,
              () => false,
            ),
          60,
        )
        const run: Run = { fleet, cluster, witness, crowd, random, taken: { roles: [], keys: [] } }
        const load = startLoad(fleet, crowd, createRandom(seed + 1000), CREW)
        const away: number[] = []
        try {
          for (let failover = 0; failover < FAILOVERS; failover++) {
            await sleep(2000 + random.below(2000))
            witness.pause()
            await (synchronous ? failOver(run) : loseWrites(run))
            away.push(witness.pause())
          }
        } finally {
          // The next seed finds everything as this one did
          await load.end()
          cluster.mend()
        }
        const sum = await checkEverything(run)
        await checkTaken(run)
        const lost = await lostEntries(fleet, began)
        process.stdout.write(
          `${name}, seed ${seed}: ${FAILOVERS} failovers, writes were answered 503 for ${away.map((one) => one.toFixed(1)).join(' and ')} s\n` +
            `  acknowledged: ${witness.acts()}; ${run.taken.roles.length} removed roles, ${run.taken.keys.length} removed keys\n` +
            `  lost by the database, and appended again: ${lost}; sessions whose sign-in or password was at risk: ${atRisk(crowd)}\n` +
            `  at the end: ${sum}\n  answers: ${witness.seen()}\n  ended tokens were taken at the latest after ${witness.latest()}\n`,
        )
        expect(witness.faults).toEqual([])
        if (synchronous) expect(lost).toBe(0)
        else expect(lost).toBeGreaterThan(0)
      },
      600_000,
    )
  },
)

/** The primary and its Patroni are killed under load; then it comes back as a standby. */
async function failOver(run: Run): Promise<void> {
  const { fleet, cluster, witness } = run
  const leader = await cluster.settle()
  await (await giveSome(run))()
  witness.event(`${leader.name} is killed`)
  await leader.kill()
  const next = await cluster.settle()
  witness.event(`${next.name} leads`)
  await converge(fleet, witness)
  leader.start()
  await cluster.settle()
  await converge(fleet, witness)
}

/** What the primary acknowledges reaches no standby any more; then it is killed, and one of those leads. */
async function loseWrites(run: Run): Promise<void> {
  const { fleet, cluster, witness, crowd, random } = run
  const leader = await cluster.settle()
  const receivers = cluster.members.flatMap((one) => one.receiver() ?? [])
  const log = await logOf(fleet)
  const remove = await giveSome(run)
  crowd.be('at risk')
  witness.event(`what ${leader.name} acknowledges reaches no standby`)
  for (const pid of receivers) process.kill(pid, 'SIGSTOP')
  await remove()
  await sleep(1000 + random.below(2000))
  crowd.be('lost')
  witness.event(`${leader.name} is killed`)
  await leader.kill()
  // What lies in their sockets is gone with them
  for (const pid of receivers) process.kill(pid, 'SIGKILL')
  const next = await cluster.settle()
  witness.event(`${next.name} leads`)
  await until('the loss is noticed', async () => (await logOf(fleet)) !== log)
  witness.event('the loss is noticed')
  await converge(fleet, witness)
  crowd.be('kept')
  leader.start()
  await cluster.settle()
  await converge(fleet, witness)
}

const logOf = async ({ database }: Fleet): Promise<unknown> =>
  (await rowsIn(database, "select value from installation where name = 'log'"))[0]?.['value']

/** Gives a role and makes a guard's key. The answer takes both away, each acknowledged. */
async function giveSome({ fleet, crowd, taken }: Run): Promise<() => Promise<void>> {
  // On a busy machine a call may be answered 503
  const done = (method: string, path: string) =>
    until(`${method} ${path}`, async () => {
      const answer = await crowd.asAdministrator(path, method)
      return answer?.status === 204 || (method === 'DELETE' && answer?.status === 404)
    })
  let person: Person | undefined
  await until('an account is made', async () => {
    person = await crowd.signUp()
    return person !== undefined
  })
  const account = person?.account ?? ''
  const path = `/accounts/${account}/roles/support`
  await done('PUT', path)
  let name = ''
  let key = ''
  await until(
    'a key is made',
    async () => {
      name = `removed-${account}-${name.length}`
      const made = await fleet.command(['guards', 'add', name]).catch(() => undefined)
      key = (made as { key: string } | undefined)?.key ?? ''
      return key !== ''
    },
    60,
  )
  return async () => {
    await done('DELETE', path)
    await until(
      'the key is removed',
      async () => {
        const how = await fleet.command(['guards', 'remove', name]).catch(String)
        return typeof how !== 'string' || how.includes('There is no guard')
      },
      60,
    )
    taken.roles.push(account)
    taken.keys.push(key)
  }
}

async function checkTaken({ fleet, crowd, witness, taken }: Run): Promise<void> {
  for (const account of taken.roles) {
    const answer = await crowd.asAdministrator(`/accounts/${account}`)
    const { roles = [] } = (answer?.body ?? {}) as { roles?: string[] }
    if (roles.includes('support')) witness.fault(`${account} has its role again`)
  }
  for (const key of taken.keys) {
    const headers = { authorization: `Bearer ${key}` }
    const answer = await ask(`${fleet.issuer}/revocations`, { headers })
    if (answer?.status !== 401) witness.fault(`a removed key is answered ${answer?.status}`)
  }
}

/** How many entries the database has lost and got back since a time, by the audit log. */
async function lostEntries({ database }: Fleet, since: number): Promise<number> {
  const rows = await rowsIn(
    database,
    `select details from audit where action = 'database.writes_lost' and at >= ${since}`,
  )
  return rows.reduce(
    (sum, { details }) => sum + (JSON.parse(String(details)) as { repeated: number }).repeated,
    0,
  )
}

function atRisk({ people }: Crowd): number {
  return people.flatMap(({ devices }: Person) => devices.filter((one) => one.isAtRisk)).length
}
