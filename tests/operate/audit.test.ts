import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { forge } from '@keyhaven/stage/databases/forge'
import { backUp, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { until } from '@keyhaven/stage/processes/process'
import { startService } from '@keyhaven/stage/processes/running-service'
import type { RunningService } from '@keyhaven/stage/processes/running-service'
import { stopped, verify } from '@keyhaven/stage/databases/stopped-installation'
import { signUp } from '@keyhaven/stage/http/person'
import { doses } from '../doses.ts'

const folder = mkdtempSync(join(tmpdir(), 'keyhaven-audit-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Signs somebody up, which writes two rows; the answer is the account. */
const newAccount = async (service: RunningService): Promise<string> => (await signUp(service)).id

/** Takes the rows behind a number away, and says that the chain ends there. */
async function cutBehind(database: string, number: number): Promise<void> {
  const rows = await rowsIn(database, `select hash from audit where number = ${number}`)
  await forge(
    database,
    `delete from audit where number > ${number}`,
    `update installation set value = '${number}:${String(rows[0]?.['hash'])}' where name = 'audit'`,
  )
}

describe.concurrent('keyhaven audit verify', () => {
  it('says how far the audit log reaches, and who was at the command line (R99)', async () => {
    const at = await stopped(folder)
    const { code, output } = await at.command(['audit', 'verify'])
    expect(code).toBe(0)
    const time = String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`
    expect(output).toMatch(
      new RegExp(`^the audit log is whole: 4 rows from ${time} to ${time}, head 4:[\\w-]{43}\n$`),
    )
    const rows = await rowsIn(at.database, 'select action, actor_id from audit')
    expect(rows.map(({ action }) => action)).toEqual(Array(4).fill('guard.added'))
    for (const { actor_id } of rows) expect(actor_id).toMatch(/^os:[^@]+@.+$/)
  })
  it('exits 1, names the first broken row, and says what to do (R99, A18)', async () => {
    const at = await stopped(folder)
    await forge(at.database, "update audit set details = '{}' where number = 2")
    const { code, output } = await at.command(['audit', 'verify'])
    expect(code).toBe(1)
    expect(output).toMatch(
      /^keyhaven: The audit log is broken at row 2: it was edited .+ --from verifies the rows after it\.\n$/,
    )
    expect(await verify(at)).toMatchObject({ broken: { number: 2, what: 'edited' } })
    expect(await verify(at, '--from', '3')).toMatchObject({ whole: true, rows: 2 })
  })
  it('finds rows that were taken from the end while nothing ran, by what it has seen (A18)', async () => {
    const at = await stopped(folder)
    await cutBehind(at.database, 2)
    const { code, output } = await at.command(['audit', 'verify'])
    expect(code).toBe(1)
    expect(output).toContain('broken at row 3: it is missing, with all rows after it')
    expect(output).toContain('run `keyhaven restored`')
    // New rows under the old numbers hide nothing
    for (const name of ['five', 'six', 'seven']) await at.command(['guards', 'add', name])
    expect(await verify(at)).toMatchObject({ broken: { number: 4, what: 'replaced' } })
  })
  it('finds them while the service runs, which logs it, under another name of the log too (A18)', async () => {
    const service = await startService()
    const database = await databaseIn(service.data)
    await signUp(service)
    await signUp(service)
    const mark = join(service.data, 'audit.mark')
    const seen = (): boolean => existsSync(mark) && /^[\w-]+:4:/.test(readFileSync(mark, 'utf8'))
    await until('the service has seen all four rows', seen)
    await cutBehind(database, 2)
    await until('the service logs it', () =>
      service.process.output().includes('the end of the audit log is not what'),
    )
    await forge(
      database,
      "insert into installation (name, value) select 'former log ' || value, '' from installation where name = 'log'",
      "update installation set value = 'another' where name = 'log'",
    )
    await signUp(service)
    await signUp(service)
    const broken = { number: 4, what: 'replaced' }
    expect(await verify(service)).toMatchObject({ broken })
    await service.close()
  })
  it('is content again after a backup was put back and declared, and says so (S19)', async () => {
    const at = await stopped(folder)
    const putBack = await backUp(at.database)
    await at.command(['guards', 'add', 'later'])
    await putBack()
    expect(await verify(at)).toMatchObject({ broken: { number: 5, what: 'truncated' } })
    expect(await at.command(['restored', '--yes'])).toMatchObject({ code: 0 })
    const verified = await verify(at)
    expect(verified).toMatchObject({ whole: true, rows: 5 })
    expect(verified.restored).toHaveLength(1)
    const { output } = await at.command(['audit', 'verify'])
    expect(output).toContain('it was restored from a backup at')
  })
})

describe('the chain of the audit log, written by two processes at once (R99)', () => {
  const data = mkdtempSync(join(folder, 'two-'))
  let both: [RunningService, RunningService]
  let database: string
  beforeAll(async () => {
    database = await databaseIn(data)
    const environment = {
      KEYHAVEN_DATABASE: database,
      KEYHAVEN_MASTER_KEY: randomBytes(32).toString('base64url'),
    }
    // Nothing listens at this address: the test calls each process at its own port, without a proxy
    const start = () => startService({ url: 'http://localhost:2/auth', environment })
    both = await Promise.all([start(), start()])
  })
  afterAll(async () => {
    for (const one of both) await one.close()
  })
  it('has no fork and no gap, and is whole whenever it is verified', async () => {
    const [first, second] = both
    const accounts: string[] = []
    const writing = Promise.all(
      [first, second, first, second].map(async (service) => {
        for (let count = 0; count < 10; count++) accounts.push(await newAccount(service))
      }),
    )
    let written = false
    void writing.finally(() => {
      written = true
    })
    do {
      for (const one of both) expect(await verify(one)).toMatchObject({ whole: true })
    } while (!written)
    await writing
    const { rows, head } = await verify(second)
    expect(rows).toBe(head.number)
    const sealed = await rowsIn(database, 'select number, account_id from audit order by number')
    expect(sealed.map(({ number }) => Number(number))).toEqual(sealed.map((_, at) => at + 1))
    for (const id of accounts) {
      expect(sealed.filter(({ account_id }) => account_id === id)).toHaveLength(2)
    }
    expect((await verify(first)).head).toEqual(head)
  })
})

describe('the audit log of a service that is killed (D09, R99)', () => {
  it('gets what was committed and not sealed into its chain at the next start', async () => {
    const data = mkdtempSync(join(folder, 'killed-'))
    const database = await databaseIn(data)
    const unsealed = async (): Promise<number> =>
      (await rowsIn(database, 'select id from audit where number is null')).length
    let left = 0
    const accounts: string[] = []
    // One at least comes before a row is sealed
    for (let kill = 0; kill < doses.auditKills || left === 0; kill++) {
      const service = await startService({ url: 'http://localhost:2/auth', data })
      await until('all is sealed after the start', async () => (await unsealed()) === 0)
      accounts.push(await newAccount(service))
      await service.process.stop('SIGKILL')
      left += await unsealed()
    }
    const service = await startService({ url: 'http://localhost:2/auth', data })
    await until('all is sealed after the last start', async () => (await unsealed()) === 0)
    expect(await verify(service)).toMatchObject({ whole: true, rows: 2 * accounts.length })
    const known = await rowsIn(database, 'select distinct account_id from audit')
    expect(new Set(known.map(({ account_id }) => account_id))).toEqual(new Set(accounts))
    await service.close()
  })
})
