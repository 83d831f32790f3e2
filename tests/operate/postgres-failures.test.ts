import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createKeyhaven } from '@keyhaven/server'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyhaven, run, until } from '@keyhaven/stage/processes/process'
import { startPgBouncer } from '@keyhaven/stage/databases/pg-bouncer'
import { startPostgres } from '@keyhaven/stage/databases/postgres'
import type { Postgres } from '@keyhaven/stage/databases/postgres'
import { carryStatements } from '@keyhaven/stage/databases/statement-carrier'
import { startService } from '@keyhaven/stage/processes/running-service'
import type { RunningService } from '@keyhaven/stage/processes/running-service'
import { password, personOf, send } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'
import { doses } from '../doses.ts'

let postgres: Postgres
let service: RunningService
let people = 0

beforeAll(async () => {
  postgres = await startPostgres({ durable: true })
  await asOperator(
    'postgres',
    'create role keyhaven login',
    'create database keyhaven owner keyhaven',
  )
  const url = postgres.url('keyhaven').replace('postgres@', 'keyhaven@')
  service = await startService({
    environment: { KEYHAVEN_DATABASE: url, KEYHAVEN_TRUST_PROXY: '127.0.0.1,::1' },
  })
})
afterAll(async () => {
  await service?.close()
  postgres?.close()
})

/** What an operator does on a database of the server. */
async function asOperator(name: string, ...statements: readonly string[]): Promise<void> {
  const client = new Client(postgres.url(name))
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
}

/** Each from an address of its own: one network may sign up eighty times a minute. */
function enrol(): Promise<Response> {
  const from = `10.0.${(++people >> 8) & 255}.${people & 255}`
  return send(service, 'POST /accounts', {
    headers: { 'x-forwarded-for': from },
    body: { email: `person${people}@example.com`, password },
  })
}

const newcomer = async (): Promise<Person> => personOf(service, await enrol())

const current = (person: Person): Promise<Response> =>
  send(service, 'GET /user/current', { person })

const signOut = (person: Person): Promise<Response> =>
  send(service, 'DELETE /sessions/current', { person })

async function expectUnavailable(answer: Response): Promise<void> {
  expect(answer.status).toBe(503)
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await answer.json()).toMatchObject({
    code: expect.stringMatching(/unavailable|overloaded/),
  })
}

async function addGuard(name: string): Promise<string> {
  const { code, output } = await service.command(['guards', 'add', name, '--json'])
  expect(code, output).toBe(0)
  return (JSON.parse(output) as { key: string }).key
}

/** What Prometheus is answered, which waits for 10 s. */
const figures = (key = ''): Promise<Response> =>
  fetch(`${service.address}/metrics`, {
    headers: { authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(10_000),
  })

/** Readers and writers use different connections. */
async function heals(who: Person): Promise<void> {
  await until('readers go on', async () => (await current(who)).status === 200)
  await until('writers go on', async () => (await enrol()).status === 201)
}

describe('PostgreSQL that fails under a running service (D11)', () => {
  it('stopped at once and started again and again under load: 200, 201, 204, right 401s and 503 alone; what was acknowledged holds', async () => {
    const alive: Person[] = []
    const ended: Person[] = []
    const seen = new Set<string>()
    let stopped = false
    const note = async (what: string, answer: Response): Promise<boolean> => {
      seen.add(`${what} ${answer.status}`)
      if (answer.status === 503) await expectUnavailable(answer)
      return answer.ok
    }
    const work = async (): Promise<void> => {
      for (let turn = 0; !stopped; turn++) {
        const response = await enrol()
        if (!(await note('sign-up', response.clone()))) continue
        const who = await personOf(service, response)
        await note('live', await current(who))
        if (turn % 2 === 0) {
          // Asked for and not acknowledged, it may be either
          if (await note('sign-out', await signOut(who))) ended.push(who)
        } else alive.push(who)
        for (const one of ended.slice(-1)) await note('ended', await current(one))
      }
    }
    const workers = Array.from({ length: 4 }, work)
    for (let round = 1; round <= doses.postgresStops; round++) {
      await until('it works', async () => Math.min(alive.length, ended.length) >= round)
      postgres.kill()
      await sleep(300)
      postgres.start()
      await until('it heals', async () => (await enrol()).status === 201)
    }
    stopped = true
    await Promise.all(workers)
    const wanted = /^(sign-up (201|503)|live (200|503)|sign-out (204|503)|ended (401|503))$/
    for (const one of seen) expect(one).toMatch(wanted)
    expect([...seen].some((one) => one.endsWith('503'))).toBe(true)
    for (const who of alive) expect((await current(who)).status, who.email).toBe(200)
    for (const who of ended) expect((await current(who)).status, who.email).toBe(401)
  })

  it('every connection ended by its administrator: it heals by itself', async () => {
    const who = await newcomer()
    await asOperator(
      'postgres',
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'keyhaven'",
    )
    await heals(who)
  })

  it('no connection left: 503, never 401, and it heals', async () => {
    const who = await newcomer()
    // The service's user is none that the server keeps places for
    await asOperator(
      'postgres',
      'alter role keyhaven connection limit 0',
      "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'keyhaven'",
    )
    await expectUnavailable(await current(who))
    await expectUnavailable(await enrol())
    // The log's lines are bounded, and come after the answer
    await until('the log names the cause', async () => {
      await expectUnavailable(await current(who))
      return service.process.output().includes('too many connections')
    })
    await asOperator('postgres', 'alter role keyhaven connection limit -1')
    await heals(who)
  })

  it('/metrics answers keys that were known, with the figures of this process (A21)', async () => {
    const who = await newcomer()
    const keys = [await addGuard('prometheus'), await addGuard('notes-api')]
    const text = async (): Promise<string> => {
      const answer = await figures(keys[0])
      expect(answer.status).toBe(200)
      return answer.text()
    }
    await until('it has received the new keys', async () => /prometheus/.test(await text()))
    expect(await text()).toMatch(/^keyhaven_database_up 1$/m)
    postgres.kill()
    await expectUnavailable(await current(who))
    const told = await text()
    expect(told).toMatch(/^keyhaven_database_up 0$/m)
    expect(told).toMatch(/^keyhaven_database_errors_total [1-9]/m)
    expect(told).not.toContain('keyhaven_guards{')
    await expectUnavailable(await figures(keys[1]))
    postgres.start()
    await heals(who)
    const { code } = await service.command(['guards', 'remove', 'prometheus'])
    expect(code).toBe(0)
    expect((await figures(keys[0])).status).toBe(401)
    postgres.kill()
    await expectUnavailable(await figures(keys[0]))
    postgres.start()
    await heals(who)
  })

  it('a standby that is missing: not ready within 10 s, even without writes; the log names it, and it heals', async () => {
    const ready = async (): Promise<number> => (await send(service, 'GET /health/ready')).status
    const person = await newcomer()
    expect(await ready()).toBe(200)
    await asOperator(
      'postgres',
      "alter system set synchronous_standby_names = 'missing'",
      'select pg_reload_conf()',
    )
    try {
      // Within 10 s by its own intervals; a busy machine delays each of them
      await until('it is not ready', async () => (await ready()) === 503)
      const { status } = await enrol()
      expect(status).toBe(503)
      const cause = 'commits wait for a synchronous standby that is missing'
      await until('the log names it', () => service.process.output().includes(cause))
    } finally {
      await asOperator(
        'postgres',
        'alter system reset synchronous_standby_names',
        'select pg_reload_conf()',
      )
    }
    await until('it is ready', async () => (await ready()) === 200)
    expect((await current(person)).status).toBe(200)
    await until('it says so', () => service.process.output().includes('accepts writes again'))
    // What fails meanwhile has a reason, which says more than a stack
    const lines = service.process.output().split('\n')
    expect(lines.filter((line) => line.includes('"stack"'))).toEqual([])
  })

  it('a table locked by another client: 503 within seconds for requests that need it, and it heals', async () => {
    const who = await newcomer()
    const other = new Client(postgres.url('keyhaven'))
    await other.connect()
    await other.query('begin')
    await other.query('lock table sessions in access exclusive mode')
    const began = performance.now()
    await expectUnavailable(await current(who))
    expect(performance.now() - began).toBeLessThan(8000)
    const health = await send(service, 'GET /health/live')
    expect(health.status).toBe(200)
    await other.query('rollback')
    await other.end()
    await heals(who)
  })

  it('ended in the middle of a query: 503, and it heals', async () => {
    const who = await newcomer()
    const other = new Client(postgres.url('keyhaven'))
    await other.connect()
    await other.query('begin')
    await other.query('lock table sessions in access exclusive mode')
    const asked = current(who)
    await until('the query waits', async () => {
      const { rows } = await other.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock'",
      )
      return rows.length > 0
    })
    await expectUnavailable(await asked)
    await other.query('rollback')
    await other.end()
    await heals(who)
  })

  it('turned read-only: 503 for writers, and it heals', async () => {
    const who = await newcomer()
    const ends = "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'keyhaven'"
    await asOperator(
      'postgres',
      'alter database keyhaven set default_transaction_read_only = on',
      ends,
    )
    await until('it is refused', async () => (await enrol()).status === 503)
    expect([200, 503]).toContain((await current(who)).status)
    await until('the log names it', () => service.process.output().includes('standby'))
    await asOperator('postgres', 'alter database keyhaven reset default_transaction_read_only')
    await heals(who)
  })

  it('its tables changed by another version’s start: requests still succeed', async () => {
    const who = await newcomer()
    for (const table of ['accounts', 'sessions', 'tokens', 'revocations', 'signing_keys']) {
      await asOperator('keyhaven', `alter table ${table} add column later text`)
      expect((await current(who)).status).toBe(200)
      await newcomer()
      await asOperator('keyhaven', `alter table ${table} drop column later`)
      expect((await current(who)).status).toBe(200)
    }
  })

  it('its process stopped, so that it answers nothing: 503 in bounded time, figures in time for Prometheus, and it heals (A21)', async () => {
    const who = await newcomer()
    const key = await addGuard('watcher')
    await until('the key is known', async () => /watcher/.test(await (await figures(key)).text()))
    const { rows } = await query(
      "select pid from pg_stat_activity where datname = 'keyhaven' and application_name like 'keyhaven %'",
    )
    const backends = rows.map(({ pid }) => Number(pid))
    expect(backends.length).toBeGreaterThan(0)
    // The one that makes backends first, so that the list after it is complete
    const parents = [...new Set(backends.map(parentOf))]
    for (const pid of parents) process.kill(pid, 'SIGSTOP')
    const pids = [...parents, ...parents.flatMap(backendsOf)]
    try {
      for (const pid of pids) process.kill(pid, 'SIGSTOP')
      const began = performance.now()
      const [answer, told] = await Promise.all([current(who), figures(key)])
      await expectUnavailable(answer)
      expect(told.status).toBe(200)
      expect(performance.now() - began).toBeLessThan(15_000)
    } finally {
      for (const pid of pids) process.kill(pid, 'SIGCONT')
    }
    await heals(who)
  })
})

function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}

/** The processes of a server that answer the service. */
function backendsOf(parent: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map(Number).filter((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      return command.includes(' keyhaven ') && parentOf(pid) === parent
    } catch {
      // Another process of the machine has ended meanwhile
      return false
    }
  })
}

async function query(sql: string): Promise<{ rows: Record<string, unknown>[] }> {
  const client = new Client(postgres.url('keyhaven'))
  await client.connect()
  try {
    return await client.query<Record<string, unknown>>(sql)
  } finally {
    await client.end()
  }
}

describe('a start on a PostgreSQL that can’t be used says what to do, and no password', () => {
  it.each([
    ['no server listens', 'postgres://ada:hunter2@127.0.0.1:1/keyhaven', 1, 'check the server'],
    [
      'no such database',
      'postgres://keyhaven:hunter2@127.0.0.1:PORT/none',
      78,
      'create the database',
    ],
    ['no such user', 'postgres://ada:hunter2@127.0.0.1:PORT/postgres', 78, 'correct its user'],
    [
      'no TLS there',
      'postgres://postgres:hunter2@127.0.0.1:PORT/keyhaven?sslmode=require',
      78,
      'enable TLS on the server',
    ],
    ['another kind', 'mysql://ada:hunter2@127.0.0.1/keyhaven', 78, 'begin with postgres://'],
  ])('%s', async (_, url, code, sentence) => {
    const data = mkdtempSync(join(tmpdir(), 'keyhaven-test-'))
    const environment = {
      KEYHAVEN_URL: 'http://localhost:2/auth',
      KEYHAVEN_DATA: data,
      KEYHAVEN_DATABASE: url.replace('PORT', String(postgres.port)),
    }
    const started = run([...keyhaven, 'start'], { environment })
    expect(await started.exited).toBe(code)
    expect(started.output()).toMatch(/^keyhaven: [^\n]+\.\n$/)
    expect(started.output()).toContain(sentence)
    expect(started.output()).not.toContain('hunter2')
    rmSync(data, { recursive: true })
  })
})

describe('a PostgreSQL that is not set up for the service', () => {
  const data = mkdtempSync(join(tmpdir(), 'keyhaven-test-'))
  afterAll(() => rmSync(data, { recursive: true }))

  /** What a start says: nothing is written before everything was checked. */
  async function start(database: string, masterKeyFile = join(data, 'made.key')): Promise<string> {
    const options = { folder: data, data: join(data, 'made'), masterKeyFile, environment: {} }
    const announce = (): void => {}
    try {
      const keyhaven = await createKeyhaven({ ...options, database, announce })
      await keyhaven.close()
      return 'ready'
    } catch (error) {
      expect(readdirSync(data)).toEqual([])
      return String(error)
    }
  }

  it.each([
    ['pools transactions', 'transaction', []],
    ['has one connection for all', 'transaction', ['default_pool_size = 1']],
    ['takes connections in turn', 'transaction', ['server_round_robin = 1']],
    ['pools statements', 'statement', []],
  ] as const)('because a pooler %s (reports F11, operator 18)', async (_, pools, more) => {
    const pooler = await startPgBouncer(postgres.port, pools, more)
    expect(await start(`postgres://postgres@127.0.0.1:${pooler.port}/postgres`)).toBe(
      `ConfigurationError: The database postgres at 127.0.0.1:${pooler.port} is behind a pooler that pools transactions: let it pool sessions, or connect to PostgreSQL directly.`,
    )
    await pooler.close()
  })
  it.each([
    ['one connection for all', ['default_pool_size = 1']],
    ['its newest connection first', []],
    ['its connections in turn', ['server_round_robin = 1']],
  ] as const)(
    'because a pooler pools transactions and carries prepared statements, with %s (trials 12c)',
    async (_, more) => {
      const pooler = await startPgBouncer(postgres.port, 'transaction', more)
      const carrier = await carryStatements(pooler.port)
      expect(await start(`postgres://postgres@127.0.0.1:${carrier.port}/postgres`)).toContain(
        'is behind a pooler that pools transactions: let it pool sessions',
      )
      carrier.close()
      await pooler.close()
    },
  )
  it('but is, behind a pooler that pools sessions', async () => {
    await asOperator('postgres', 'create database pooled')
    const pooler = await startPgBouncer(postgres.port, 'session', ['default_pool_size = 40'])
    const folder = mkdtempSync(join(tmpdir(), 'keyhaven-test-'))
    const url = `postgres://postgres@127.0.0.1:${pooler.port}/pooled`
    expect(await start(url, join(folder, 'master.key'))).toBe('ready')
    const carrier = await carryStatements(pooler.port)
    const carried = url.replace(`:${pooler.port}/`, `:${carrier.port}/`)
    rmSync(join(data, 'made'), { recursive: true })
    expect(await start(carried, join(folder, 'master.key'))).toBe('ready')
    carrier.close()
    await pooler.close()
    rmSync(folder, { recursive: true })
    rmSync(join(data, 'made'), { recursive: true })
  })
  it('because of its encoding, its schema or its rights (reports F11)', async () => {
    await asOperator(
      'postgres',
      `create database latin encoding 'LATIN1' template template0 locale 'C'`,
      'create database bare owner keyhaven',
      'create database foreign_owned',
    )
    await asOperator('bare', 'drop schema public')
    expect(await start(postgres.url('latin'))).toContain('latin at 127.0.0.1:')
    expect(await start(postgres.url('latin'))).toContain('has the encoding LATIN1: create one')
    expect(await start(postgres.url('bare'))).toContain('has no schema to create tables in: create')
    const stranger = postgres.url('foreign_owned').replace('postgres@', 'keyhaven@')
    expect(await start(stranger)).toContain('create tables in the schema public')
  })
  it.each(['postgres', 'nosuch'])(
    'is not written by a command that needs an installation: %s (operator 3)',
    async (name) => {
      const environment = { KEYHAVEN_DATABASE: postgres.url(name) }
      const listed = run([...keyhaven, 'guards', 'list'], { folder: data, environment })
      expect(await listed.exited).toBe(78)
      expect(listed.output()).toBe(
        `keyhaven: There is no installation in the database ${name} at 127.0.0.1:${postgres.port}: set KEYHAVEN_DATABASE to the one that the service uses, or start the service first.\n`,
      )
      expect(readdirSync(data)).toEqual([])
    },
  )
})
