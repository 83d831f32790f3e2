import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask } from '../chaos/ask.ts'
import { createCrowd, PASSWORD } from '../chaos/crowd.ts'
import type { Crowd } from '../chaos/people.ts'
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

/** The newest migration that the table of the later ones names. */
async function newest(table: 'later_migrations'): Promise<unknown> {
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

/** What each guard answers to a token. */
const answersTo = async (token: string): Promise<unknown[]> =>
  Promise.all(
    site.guards.map(async ({ address }) => {
      const answer = await ask(address, { headers: bearer(token) })
      return (answer?.body as { code?: string } | undefined)?.code ?? answer?.status
    }),
  )

describe('a database of the version before, its services and guards under load', () => {
  it('obeys a lock and a password change at every guard, of either version, at either service and after a restart (H6)', async () => {
    expect(await newest('later_migrations')).toBe('007-audit-chain')
    await site.replaceService(0, present)
    const [locked, changed] = [await personOfBoth(), await personOfBoth()]
    for (const token of [...locked.tokens, ...changed.tokens]) {
      await until('every guard accepts it', async () =>
        (await answersTo(token)).every((answer) => answer === 200),
      )
    }
    await site.command(present, ['accounts', 'lock', locked.email, '--reason', 'a test'])
    await site.command(present, ['accounts', 'reset-password', changed.email])
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
    for (const [at, version] of [former, former, former, present].entries()) {
      await site.replaceGuard(at, version)
    }
    await site.converge()
    await refused()
    expect(site.output()).not.toMatch(/sent (an entry that is none|a malformed entry)/)
    await site.replaceService(0, former)
  })

  it('is upgraded, taken back and upgraded again, one process after the other: nothing acknowledged is lost, nobody is signed out (R40)', async () => {
    const load = startLoad(site, crowd, createRandom(seed + 1))
    const step = async (name: string, change: () => Promise<void>): Promise<void> => {
      const before = witness.total()
      await change()
      await until(`acts after: ${name}`, () => witness.total() >= before + ACTS, 60)
      await site.converge()
      process.stdout.write(`upgrade: ${name}, ${witness.total()} acts acknowledged\n`)
      expect(witness.faults, site.output()).toEqual([])
    }
    const replaceGuard = async (at: number, version = present): Promise<void> => {
      const guard = site.guards[at]
      if (guard === undefined) throw new Error(`there is no guard ${at}`)
      load.stopped.add(guard)
      await site.replaceGuard(at, version)
      load.stopped.delete(guard)
    }
    await step('everything is former, but one guard', async () => {})
    const begun = [...crowd.people]
    await step('one service is present', () => site.replaceService(0, present))
    expect(await newest('later_migrations')).toBe(LAST)
    await step('both services are', () => site.replaceService(1, present))
    await step('two guards are', () => replaceGuard(0))
    await step('one service is former again', () => site.replaceService(0, former))
    await step('both services are former', () => site.replaceService(1, former))
    await step('the guards are former', async () => {
      for (const at of [0, 3]) await replaceGuard(at, former)
    })
    await step('one service is present again', () => site.replaceService(1, present))
    await step('everything is present', async () => {
      await site.replaceService(0, present)
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
    // What the former version wrote meanwhile is in the chain too
    await until('every row is sealed', async () => {
      const unsealed = await rowsIn(site.database, 'select id from audit where number is null')
      return unsealed.length === 0
    })
    const { rows } = JSON.parse(await site.command(present, ['audit', 'verify'])) as {
      rows: number
    }
    expect(rows).toBeGreaterThan(witness.total())
  }, 600_000)

  it('runs on the tables of the next version, so that the next upgrade can be taken back too', async () => {
    await changeIn(
      site.database,
      "insert into later_migrations values ('999-next', '2027-01-01T00:00:00.000Z')",
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
    expect(await newest('later_migrations')).toBe('999-next')
  })

  it('is put back from a backup of before the upgrade, and upgraded once more', async () => {
    const [first] = crowd.people
    const olds = crowd.people.flatMap(({ devices }) => devices.flatMap(({ tokens }) => tokens))
    await site.stopServices()
    putBack()
    await site.replaceService(0, present)
    await site.replaceService(1, present)
    await site.converge()
    expect(await newest('later_migrations')).toBe(LAST)
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
