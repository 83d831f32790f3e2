import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { freePort, keyhaven, run, until } from '@keyhaven/stage/processes/process'
import { startService } from '@keyhaven/stage/processes/running-service'
import type { RunningService } from '@keyhaven/stage/processes/running-service'
import { limitedDisk, smallDisk } from '@keyhaven/stage/databases/small-disk'
import { longestTimes, watchedLoop } from '@keyhaven/stage/processes/watched-loop'
import { password, send } from '@keyhaven/stage/http/person'
import { cookieAfter } from '@keyhaven/stage/http/set-cookies'

/** What works at the service for somebody. */
function visitor(service: RunningService) {
  let people = 0
  const enrol = (): Promise<Response> => {
    const email = `person${++people}@example.com`
    return send(service, 'POST /accounts', { body: { email, password } })
  }
  const enter = (): Promise<Response> =>
    send(service, 'POST /sessions', { body: { login: 'person1@example.com', password } })
  return {
    enrol,
    enter,
    current: async (cookie: string) =>
      (await send(service, 'GET /user/current', { headers: { cookie } })).status,
  }
}

async function cookieOf(enrolled: Promise<Response>): Promise<string> {
  const response = await enrolled
  expect(response.status).toBe(201)
  return cookieAfter(response)
}

const ready = ({ address }: RunningService): Promise<number> =>
  fetch(`${address}/health/ready`).then(({ status }) => status)

/** The line of the log whose message contains a text. */
function lineOf(service: RunningService, text: string): { msg: string; reason?: string } {
  const found = service.process
    .output()
    .split('\n')
    .find((line) => line.startsWith('{') && line.includes(text))
  return JSON.parse(found ?? '{}') as { msg: string; reason?: string }
}

async function expectUnavailable(asked: Promise<Response>): Promise<void> {
  const answer = await asked
  expect(answer.status).toBe(503)
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await answer.json()).toMatchObject({ code: 'unavailable' })
}

describe('a database that fails under a running service', () => {
  let service: RunningService
  beforeAll(async () => {
    service = await startService({ environment: watchedLoop })
  })
  afterAll(() => service?.close())
  // The answer and the log's line come by different ways: either may be read first
  const named = (cause: string): Promise<void> =>
    until('the log names it', () => service.process.output().includes(cause))

  it('locked by another process: 503 with Retry-After for writers, never 401; readers go on; the event loop never stops for 100 ms; it heals (D11)', async () => {
    const { enrol, current } = visitor(service)
    const cookie = await cookieOf(enrol())
    const other = new DatabaseSync(join(service.data, 'keyhaven.sqlite'), { timeout: 5000 })
    other.exec('begin immediate')
    await longestTimes(service)
    const refused = Array.from({ length: 10 }, () => expectUnavailable(enrol()))
    for (let at = 0; at < 10; at++) expect(await current(cookie)).toBe(200)
    await Promise.all(refused)
    expect((await longestTimes(service)).stop).toBeLessThan(100)
    // A short lock drains no process
    expect(await ready(service)).toBe(200)
    other.exec('rollback')
    other.close()
    await cookieOf(enrol())
    await named('database is locked')
  })

  it('without one of its tables: 503, named in the log, and it heals', async () => {
    const { enter, current } = visitor(service)
    const cookie = await cookieOf(enter())
    const other = new DatabaseSync(join(service.data, 'keyhaven.sqlite'), { timeout: 5000 })
    other.exec('alter table sessions rename to sessions_away')
    await until('the loss is seen', async () => (await current(cookie)) === 503)
    await named('no such table')
    other.exec('alter table sessions_away rename to sessions')
    other.close()
    await until('it heals', async () => (await current(cookie)) === 200)
  })

  it('corrupt: 503, named in the log, and it heals when the file is put back', async () => {
    const { enter, current } = visitor(service)
    const cookie = await cookieOf(enter())
    const file = join(service.data, 'keyhaven.sqlite')
    const other = new DatabaseSync(file, { timeout: 5000 })
    other.exec('pragma wal_checkpoint(truncate)')
    const good = readFileSync(file)
    const bad = Buffer.from(good)
    // The first page keeps its first hundred bytes: it still says that it is a database
    bad.fill(0xa5, 100)
    writeFileSync(file, bad)
    await until('the damage is seen', async () => (await current(cookie)) === 503)
    await expectUnavailable(enter())
    await named('malformed')
    writeFileSync(file, good)
    other.close()
    await until('it heals', async () => (await current(cookie)) === 200)
    await cookieOf(enter())
  })
})

describe.each([
  { name: 'a full disk', make: smallDisk, named: 'disk is full' },
  { name: 'a disk that takes no write', make: limitedDisk, named: 'disk I/O error' },
])('$name', ({ make, named }) => {
  const disk = make()
  let service: RunningService
  beforeAll(async () => {
    service = await startService({ data: disk.folder, environment: watchedLoop })
  })
  afterAll(async () => {
    await service?.process.stop()
    disk.remove()
  })

  it('is 503 for writers, named in the log; readers go on; nothing is half written; it heals (D11)', async () => {
    const { enrol, enter, current } = visitor(service)
    const cookie = await cookieOf(enrol())
    const { pid } = service.process
    disk.take(pid)
    await longestTimes(service)
    for (let at = 0; at < 5; at++) {
      await expectUnavailable(enrol())
      await expectUnavailable(enter())
      expect(await current(cookie)).toBe(200)
    }
    expect((await longestTimes(service)).stop).toBeLessThan(100)
    expect(service.process.output()).toContain(named)
    await until('it is not ready', async () => (await ready(service)) === 503)
    const { msg, reason } = lineOf(service, 'accepts no writes')
    expect(msg).toBe('the database accepts no writes: /health/ready answers 503')
    expect(reason).toContain(named)
    disk.giveBack(pid)
    await until('it is ready', async () => (await ready(service)) === 200)
    await until('it heals', async () => (await enter()).status === 201)
    await cookieOf(enrol())
    const written = new DatabaseSync(join(disk.folder, 'keyhaven.sqlite'), { readOnly: true })
    const { people } = written.prepare('select count(*) as people from accounts').get() ?? {}
    expect(people).toBe(2)
    expect(written.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' })
    written.close()
  })
})

describe('a start on a database that can’t be used says what to do', () => {
  let data: string
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'keyhaven-test-'))
  })
  afterEach(() => rmSync(data, { recursive: true, force: true }))

  const start = async (): Promise<{ code: number | null; output: string }> => {
    const environment = {
      KEYHAVEN_URL: 'http://localhost:2/auth',
      KEYHAVEN_PORT: String(await freePort()),
      KEYHAVEN_DATA: data,
    }
    const command: [string, ...string[]] = [...keyhaven, 'start']
    // The superuser writes what nobody may write, unless he gives that right away
    const rights = ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] as const
    const started = run(process.getuid?.() === 0 ? [...rights, ...command] : command, {
      environment,
    })
    return { code: await started.exited, output: started.output() }
  }

  it('no database at all', async () => {
    writeFileSync(join(data, 'keyhaven.sqlite'), 'these are my notes, not a database\n'.repeat(40))
    const { code, output } = await start()
    expect(code).toBe(78)
    expect(output).toMatch(/keyhaven\.sqlite can’t be used .*restore it from a backup/)
  })

  it('read-only', async () => {
    const file = join(data, 'keyhaven.sqlite')
    new DatabaseSync(file).exec('create table one (two)')
    chmodSync(file, 0o444)
    const { code, output } = await start()
    expect(code).toBe(78)
    expect(output).toMatch(
      /keyhaven\.sqlite can’t be used .*make it and its folder writable for this user/,
    )
  })

  it('in a folder that can’t be written', async () => {
    chmodSync(data, 0o500)
    const { code, output } = await start()
    expect(code).toBe(78)
    expect(output).toContain('can’t be written')
    chmodSync(data, 0o700)
  })
})
