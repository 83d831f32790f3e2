import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { changeIn, databaseIn, empty, rowsIn } from '@keyhaven/stage/databases/databases'
import { keyhaven, outerEnvironment, root, until } from '@keyhaven/stage/processes/process'
import { startService } from '@keyhaven/stage/processes/running-service'
import type { RunningService } from '@keyhaven/stage/processes/running-service'
import { bearer, password, send, signIn, signUp } from '@keyhaven/stage/http/person'
import type { Person, Reachable } from '@keyhaven/stage/http/person'

const folder = mkdtempSync(join(tmpdir(), 'keyhaven-backup-'))
const bin = join(folder, 'bin')
const backups = join(folder, 'backups')
const data = join(folder, 'data')
mkdirSync(bin)
mkdirSync(backups)
writeFileSync(join(bin, 'keyhaven'), `#!/bin/sh\nexec ${keyhaven.join(' ')} "$@"\n`)
chmodSync(join(bin, 'keyhaven'), 0o755)
const database = await databaseIn(data)
const engine = database.startsWith('postgres') ? 'postgres' : 'sqlite'

let service: RunningService | undefined
afterEach(async () => {
  await service?.process.stop()
  service = undefined
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const start = async (at: string): Promise<RunningService> =>
  startService({
    data: at,
    environment: {
      ...address,
      KEYHAVEN_DATABASE: database,
      KEYHAVEN_TRUST_PROXY: '127.0.0.1',
    },
  })

/** The same public URL, whichever port it listens on. */
const address = { KEYHAVEN_URL: 'http://localhost:45550/auth' }

/** Runs a block of the page, with the paths of this machine. */
async function page(title: string, at = data): Promise<{ code: number; output: string }> {
  const blocks = readFileSync(join(root, 'docs/operate/backup.md'), 'utf8')
  const [, block] =
    new RegExp(`^\`\`\`sh title=${title}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(blocks) ?? []
  if (block === undefined) throw new Error(`the page has no ${title}`)
  const command = block.replaceAll('/var/backups', backups).replaceAll('/var/lib/keyhaven', at)
  const child = spawn('sh', ['-ec', command], {
    env: {
      ...outerEnvironment(),
      ...address,
      KEYHAVEN_DATA: at,
      KEYHAVEN_DATABASE: database,
      PATH: `${bin}${delimiter}${process.env['PATH']}`,
    },
  })
  const output = Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = (await once(child, 'exit')) as [number]
  return { code, output: (await output).join('') }
}

let posted = 0
/** Each from an address of its own: what one address may do is limited. */
const fromAnywhere = (): Record<string, string> => ({
  'x-forwarded-for': `10.0.${(++posted >> 8) & 255}.${posted & 255}`,
})

const reached = (): Reachable => {
  if (service === undefined) throw new Error('there is no service')
  return { issuer: address.KEYHAVEN_URL, address: service.address }
}
const newcomer = (email: string): Promise<Person> =>
  signUp(reached(), { email, headers: fromAnywhere() })
const comesBack = (email: string): Promise<Person> =>
  signIn(reached(), email, { headers: fromAnywhere() })

const current = async (headers: Record<string, string>): Promise<number> =>
  (await send(reached(), 'GET /user/current', { headers })).status

const inTable = async (from: string): Promise<number> =>
  (await rowsIn(database, `select 1 from ${from}`)).length

/** Signs out, past the browser: what it held is used again afterwards. */
async function signOut(person: Person): Promise<void> {
  expect((await send(reached(), 'DELETE /sessions/current', { person })).status).toBe(204)
}

describe(`docs/operate/backup.md on ${engine}, command by command`, () => {
  it('backs a busy service up, and restores it: people sign in again, nothing revoked comes back (R99, S19)', async () => {
    service = await start(data)
    const ada = await newcomer('ada@example.com')
    const ended = await newcomer('ended@example.com')
    await signOut(ended)
    let busy = true
    const load = (async () => {
      for (let each = 0; busy; each++) await newcomer(`busy${each}@example.com`)
    })()
    const backedUp = await page(`${engine}-backup`)
    busy = false
    await load
    expect(backedUp, backedUp.output).toMatchObject({ code: 0 })
    const later = await newcomer('later@example.com')
    const revoked = await comesBack('ada@example.com')
    await signOut(revoked)
    await service.process.stop()

    const restored = await page(`${engine}-restore`)
    expect(restored, restored.output).toMatchObject({ code: 0 })
    // What a backup may contain: a row that was delivered after it, and the claim of a process that has died
    await changeIn(
      database,
      `insert into outbox (consumer, event, account_id, written_at)
       select 'notices', 'role.assigned', id, 1 from accounts where email = 'ada@example.com'`,
      `update jobs set holder = 'dead 1', claim = claim + 1, claimed_until = ${Date.now() + 4000},
       due_at = 0, ended_at = null where name = 'seal'`,
    )
    service = await start(data)
    expect(service.process.output()).toContain('restored from a backup')
    for (const one of [ada, ended, later, revoked]) {
      expect(await current({ cookie: one.cookie }), one.email).toBe(401)
      expect(await current(bearer(one.token)), one.email).toBe(401)
    }
    expect(await current(bearer((await comesBack('ada@example.com')).token))).toBe(200)
    expect(
      (await send(reached(), 'POST /sessions', { body: { login: later.email, password } })).status,
    ).toBe(401)
    await until('the row is delivered', async () => (await inTable('outbox')) === 0)
    await until(
      'the job is taken over',
      async () => (await inTable("jobs where holder = 'dead 1'")) === 0,
    )
    const verified = await service.command(['audit', 'verify', '--json'])
    expect(verified.code, verified.output).toBe(0)
  })

  it('brings it up on a new machine, with the master key and a restore declared by hand', async () => {
    const fresh = join(folder, 'fresh')
    mkdirSync(fresh, { mode: 0o700 })
    copyFileSync(join(data, 'master.key'), join(fresh, 'master.key'))
    if (engine === 'sqlite') await empty(database)
    const restored = await page(`${engine}-restore`, data)
    expect(restored, restored.output).toMatchObject({ code: 0 })
    service = await start(fresh)
    const ada = await comesBack('ada@example.com')
    expect(await current(bearer(ada.token))).toBe(200)
    expect(service.process.output()).not.toContain('restored from a backup')
    const said = await page('by-hand', fresh)
    expect(said, said.output).toMatchObject({ code: 0 })
    expect(await current({ cookie: ada.cookie })).toBe(401)
    // Not only where it was declared (operator 6)
    expect(service.process.output()).toContain(
      'it was restored from a backup, or a failover lost its newest writes',
    )
    expect(await current(bearer((await comesBack('ada@example.com')).token))).toBe(200)
  })

  it('says what to do instead of harming anything', async () => {
    const again = await page(`${engine}-backup`)
    if (engine === 'postgres') {
      const { code, output } = await commandOf(['backup', join(backups, 'x')])
      expect(code).toBe(78)
      expect(output).toContain('pg_dump')
      return
    }
    expect(again.code).toBe(1)
    expect(again.output).toContain('exists: choose another name')
    expect(statSync(join(backups, 'keyhaven.sqlite')).mode & 0o777).toBe(0o600)
    const file = join(backups, 'other.sqlite')
    expect(await commandOf(['backup', file])).toEqual({
      code: 0,
      output: `the database is in ${file}; the master key is not: keep a copy of ${join(data, 'master.key')} elsewhere\n`,
    })
    const nowhere = await commandOf(['backup', join(folder, 'none/at/all'), '--json'])
    expect(JSON.parse(nowhere.output)).toMatchObject({
      error: {
        code: 'not_found',
        detail: expect.stringContaining('its folder does not exist'),
      },
    })
    const nothing = await commandOf(['backup', join(backups, 'y')], { KEYHAVEN_DATA: folder })
    expect(nothing).toMatchObject({ code: 78 })
    expect(nothing.output).toContain('There is no installation in')
  })
})

async function commandOf(
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<{ code: number; output: string }> {
  const place = engine === 'postgres' ? { KEYHAVEN_DATABASE: database } : {}
  const [file, ...rest] = keyhaven
  const child = spawn(file, [...rest, ...args], {
    env: { ...outerEnvironment(), ...address, KEYHAVEN_DATA: data, ...place, ...more },
  })
  const output = Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = (await once(child, 'exit')) as [number]
  return { code, output: (await output).join('') }
}
