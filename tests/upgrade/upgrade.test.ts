import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask } from '../chaos/ask.ts'
import { createCrowd, PASSWORD } from '../chaos/crowd.ts'
import type { Crowd, Person } from '../chaos/people.ts'
import { startLoad } from '../chaos/load.ts'
import { createRandom } from '../chaos/random.ts'
import { checkEverything } from '../chaos/reckoning.ts'
import { createWitness } from '../chaos/witness.ts'
import { changeIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { root, until } from '@keyhaven/stage/processes/process'
import { startSite } from './site.ts'
import type { Site } from './site.ts'
import { present, unpackFormer } from './versions.ts'
import { doses } from '../doses.ts'

const administrator = { email: 'root@example.com', password: PASSWORD }
const ACTS = doses.upgradeActs
const seed = Date.now() % 1_000_000
const former = unpackFormer()
const folder = mkdtempSync(join(tmpdir(), 'keyhaven-before-'))
const backup = join(folder, 'backup')
const witness = createWitness()
let site: Site
let crowd: Crowd

beforeAll(async () => {
  site = await startSite(former, [former, former, former, present], administrator)
  crowd = createCrowd({ fleet: site, witness, random: createRandom(seed), administrator })
  await crowd.begin()
  await crowd.signUp()
  await backUp()
})
afterAll(async () => {
  await site?.close()
  former.remove()
  rmSync(folder, { recursive: true, force: true })
})

/** The last migration of this checkout. */
const LAST = readdirSync(join(root, 'packages/server/src/database/migrations'))
  .toSorted()
  .at(-1)
  ?.replace('.ts', '')

const isPostgres = (): boolean => site.database.startsWith('postgres')

/** As docs/operate/backup.md says, with the commands of this version on what the former one made. */
async function backUp(): Promise<void> {
  if (!isPostgres()) await site.command(present, ['backup', backup])
  else execFileSync('pg_dump', ['--format=custom', `--file=${backup}`, site.database])
}

function putBack(): void {
  if (isPostgres()) {
    const emptied = 'drop schema public cascade; create schema public'
    execFileSync('psql', ['--quiet', `--command=${emptied}`, site.database], { stdio: 'pipe' })
    const how = ['--clean', '--if-exists', '--no-owner', `--dbname=${site.database}`]
    execFileSync('pg_restore', [...how, backup])
    return
  }
  for (const end of ['-wal', '-shm']) rmSync(site.database + end, { force: true })
  copyFileSync(backup, site.database)
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** Where the version before records its migrations, and where this one does. */
const [BEFORE, NOW] = ['later_migrations', 'keyhaven_migrations']

/** The newest migration that a table of the database names. */
async function newest(table: string): Promise<unknown> {
  const rows = await rowsIn(site.database, `select name from ${table} order by name desc`)
  return rows[0]?.['name']
}

/** Somebody who signed up at one service and signed in at the other. */
async function personOfBoth(): Promise<{ readonly email: string; readonly tokens: string[] }> {
  const email = `both-${Math.random().toString(36).slice(2)}@example.com`
  const tokens: string[] = []
  for (const [at, service] of site.services.entries()) {
    const path = at === 0 ? 'accounts' : 'sessions'
    const who = at === 0 ? { email } : { login: email }
    const answer = await ask(`${service}/${path}`, {
      method: 'POST',
      headers: { origin: new URL(site.issuer).origin },
      body: { ...who, password: PASSWORD },
    })
    expect(answer?.status).toBe(201)
    tokens.push(answer?.cookies.get('keyhaven') ?? '')
  }
  return { email, tokens }
}

/** Somebody who signed up at the first service: their cookies. */
async function personOfFirst(): Promise<ReadonlyMap<string, string>> {
  const answer = await ask(`${site.services[0] ?? ''}/accounts`, {
    method: 'POST',
    headers: { origin: new URL(site.issuer).origin },
    body: { email: `first-${Math.random().toString(36).slice(2)}@example.com`, password: PASSWORD },
  })
  expect(answer?.status).toBe(201)
  return answer?.cookies ?? new Map()
}

/** What a service answers to a call with all cookies, to one with a bearer token, and to a sign-out. */
async function answersOf(
  service: string,
  cookies: ReadonlyMap<string, string>,
): Promise<(number | undefined)[]> {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const origin = new URL(site.issuer).origin
  const answers = [
    await ask(`${service}/user/current`, { headers: { cookie } }),
    await ask(`${service}/user/current`, { headers: bearer(cookies.get('keyhaven') ?? '') }),
    await ask(`${service}/sessions/current`, { method: 'DELETE', headers: { cookie, origin } }),
  ]
  return answers.map((answer) => answer?.status)
}

/** What each guard answers to a token. */
const answersTo = async (token: string): Promise<unknown[]> =>
  Promise.all(
    site.guards.map(async ({ address }) => {
      const answer = await ask(address, { headers: bearer(token) })
      return (answer?.body as { code?: string } | undefined)?.code ?? answer?.status
    }),
  )

/** What happens under load, until it is stopped. */
let load: ReturnType<typeof startLoad>

async function step(name: string, change: () => Promise<void>): Promise<void> {
  const before = witness.total()
  await change()
  await until(`acts after: ${name}`, () => witness.total() >= before + ACTS)
  await site.converge()
  process.stdout.write(`upgrade: ${name}, ${witness.total()} acts acknowledged\n`)
  expect(witness.faults, site.output()).toEqual([])
}

async function replaceGuard(at: number): Promise<void> {
  const guard = site.guards[at]
  if (guard === undefined) throw new Error(`there is no guard ${at}`)
  load.stopped.add(guard)
  await site.replaceGuard(at, present)
  load.stopped.delete(guard)
}

describe('a database of the version before, its services and guards under load', () => {
  let begun: readonly Person[] = []

  it('is upgraded once its services have stopped (R40)', async () => {
    expect(await newest(BEFORE)).toBe('009-support')
    load = startLoad(site, crowd, createRandom(seed + 1))
    await step('everything is former, but one guard', async () => {})
    begun = [...crowd.people]
    await step('both services are present', async () => {
      const [, still = ''] = site.services
      await site.replaceService(0, present)
      // One that was not stopped must not say that a session has ended or does not exist
      expect(await answersOf(still, await personOfFirst())).toEqual([503, 503, 503])
      await site.replaceService(1, present)
    })
    expect(await newest(NOW)).toBe(LAST)
  }, 300_000)

  it('obeys a lock and a password change at every guard, of either version, and after its restart (H6)', async () => {
    const [locked, changed] = [await personOfBoth(), await personOfBoth()]
    for (const token of [...locked.tokens, ...changed.tokens]) {
      await until('every guard accepts it', async () =>
        (await answersTo(token)).every((answer) => answer === 200),
      )
    }
    await site.command(present, ['accounts', 'lock', locked.email, '--reason', 'a test'])
    await site.command(present, ['accounts', 'reset-password', changed.email, '--json'])
    await site.converge()
    const refused = async (): Promise<void> => {
      for (const token of locked.tokens) {
        expect(new Set(await answersTo(token))).toEqual(new Set(['account_locked']))
      }
      for (const token of changed.tokens) {
        expect(new Set(await answersTo(token))).toEqual(new Set(['session_ended']))
      }
    }
    await refused()
    // From a snapshot as from events
    const [guard] = site.guards
    if (guard === undefined) throw new Error('there is no guard')
    load.stopped.add(guard)
    await site.replaceGuard(0, former)
    load.stopped.delete(guard)
    await site.converge()
    await refused()
    expect(site.output()).not.toMatch(/sent (an entry that is none|a malformed entry)/)
  })

  it('has lost nothing acknowledged and signed no user out, once the guards are upgraded too (R40)', async () => {
    await step('the guards are present', async () => {
      for (const at of site.guards.keys()) await replaceGuard(at)
    })
    await load.end()
    const sum = await checkEverything({ fleet: site, crowd, witness })
    const live = begun.flatMap(({ devices }) => devices.filter((one) => one.state === 'live'))
    process.stdout.write(
      `upgrade, seed ${seed}\n  acknowledged: ${witness.acts()}\n  at the end: ${sum}; ${live.length} of the sessions alive are of people of the former version\n  answers: ${witness.seen()}\n  ended tokens were taken at the latest after ${witness.latest()}\n`,
    )
    expect(witness.faults).toEqual([])
    expect(live.length).toBeGreaterThan(0)
    // What the former version wrote is in the chain too
    await until('every row is sealed', async () => {
      const unsealed = await rowsIn(site.database, 'select id from audit where number is null')
      return unsealed.length === 0
    })
    const { rows } = JSON.parse(await site.command(present, ['audit', 'verify'])) as {
      rows: number
    }
    expect(rows).toBeGreaterThan(witness.total())
  }, 300_000)

  it('is refused by the version before, in one sentence that names the way back', async () => {
    for (const flags of [[], ['--json']]) {
      const { code, output } = await site.refusal(former, flags)
      expect(code).not.toBe(0)
      expect(output.trim().split('\n')).toHaveLength(1)
      expect(output).toMatch(/previously executed migration .* backup from before the upgrade/)
    }
    expect((await site.refusal(former, ['--no-migrate'])).code).toBe(78)
    // And this has changed nothing
    expect(await newest(NOW)).toBe(LAST)
  })

  it('runs on the tables of the next version, so that the next upgrade can be taken back too', async () => {
    await changeIn(
      site.database,
      `insert into ${NOW} values ('999-next', '${LAST}', 0, '9.9.9')`,
      'alter table accounts add column next text',
    )
    await site.replaceService(0, present)
    await site.replaceService(1, present, ['--no-migrate'])
    const person = await crowd.signUp()
    const email = person?.email ?? ''
    await site.command(present, ['accounts', 'lock', email, '--reason', 'a test'])
    await site.converge()
    const token = person?.devices[0]?.tokens.at(-1) ?? ''
    const answer = await ask(`${site.issuer}/user/current`, { headers: bearer(token) })
    expect(answer).toMatchObject({ status: 401, body: { code: 'account_locked' } })
    expect(await newest(NOW)).toBe('999-next')
  })

  it('is put back from a backup of before the upgrade, runs in the version before and is upgraded once more', async () => {
    const [first] = crowd.people
    const olds = crowd.people.flatMap(({ devices }) => devices.flatMap(({ tokens }) => tokens))
    await site.stopServices()
    putBack()
    await site.replaceService(0, former)
    expect(await newest(BEFORE)).toBe('009-support')
    await site.stopServices()
    await site.replaceService(0, present)
    await site.replaceService(1, present)
    await site.converge()
    expect(await newest(NOW)).toBe(LAST)
    const again = await ask(`${site.issuer}/sessions`, {
      method: 'POST',
      headers: { origin: new URL(site.issuer).origin },
      body: { login: first?.email, password: PASSWORD },
    })
    expect(again?.status).toBe(201)
    const token = again?.cookies.get('keyhaven') ?? ''
    for (const { address } of site.guards) {
      const status = async (one: string): Promise<number | undefined> =>
        (await ask(address, { headers: bearer(one) }))?.status
      await until('the guard knows the new key', async () => (await status(token)) === 200)
      for (const old of olds) expect(await status(old)).toBe(401)
    }
    await site.command(present, ['audit', 'verify'])
  })
})
