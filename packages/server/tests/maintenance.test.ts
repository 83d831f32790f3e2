import { rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { changeIn, countStatements, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { refuseRows } from '@keyhaven/stage/databases/refuse-rows'
import { testLog } from '@keyhaven/stage/processes/log'
import { until } from '@keyhaven/stage/processes/process'
import { newPerson, send } from '@keyhaven/stage/http/person'
import { newFolder, serve, writeEntries } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'

const DAY = 86_400_000

const log = testLog()
let service: Service
let database: string
const isPostgres = (): boolean => database.startsWith('postgres')

beforeAll(async () => {
  const data = newFolder()
  database = await databaseIn(data)
  service = await serve(data, { log })
})
afterAll(async () => {
  await service.close()
  rmSync(service.data, { recursive: true })
})

const count = async (from: string): Promise<number> =>
  Number((await rowsIn(database, `select count(*) as count from ${from}`))[0]?.['count'])

/** Numbers from 1, as a table `s(n)`. */
const series = (rows: number): string =>
  isPostgres()
    ? `with s(n) as (select generate_series(1, ${rows})) `
    : `with recursive s(n) as (select 1 union all select n + 1 from s where n < ${rows}) `

/** Closes the service, has rows written and starts it again as if no time had passed. */
async function restartedAfter(...statements: readonly string[]): Promise<void> {
  await service.close()
  await changeIn(
    database,
    ...statements,
    `update installation set value = '${Date.now()}' where name = 'time'`,
    'update jobs set due_at = 0',
  )
  service = await serve(service.data, { log })
}

/** Tables that grow with use; a job may read the others whole. */
const large =
  /["\s](tokens|credentials|sessions|attempts|challenges|factors|links|devices|foreign_tokens|revocations|revocation_effects|rate_limits|audit)\b/

/** Notes the statements of the service about large tables; the answer gives them, each once. */
function watchQueries(): () => readonly string[] {
  const prepare = vi.spyOn(DatabaseSync.prototype, 'prepare')
  const query = vi.spyOn(Client.prototype, 'query')
  return () => {
    const texts = [
      ...prepare.mock.calls.map(([text]) => text),
      ...query.mock.calls.map(
        ([config]: readonly unknown[]) => (config as { text?: string }).text ?? '',
      ),
    ]
    prepare.mockRestore()
    query.mockRestore()
    // Lists of different lengths have one plan
    const own = texts
      .filter((text) => large.test(text) && /"|rate_limits where key in/.test(text))
      // A start counts the passkeys of another domain
      .filter((text) => !/count\(\*\).* from "factors"/.test(text))
      // A process that takes the rows of this file for a restored log looks for the entries that it remembers
      .filter((text) => !/select "seq" from "revocations" where ("kind"|"era")/.test(text))
    return [
      ...new Map(
        own.map((text) => [text.replace(/(\?|\$\d+)(, (\?|\$\d+))+/g, '…'), text]),
      ).values(),
    ]
  }
}

/** What the planner would read whole for a statement, or by an index that says nothing of the few ids named. */
async function scansOf(statement: string): Promise<string[]> {
  const lines = isPostgres() ? await postgresPlan(statement) : await sqlitePlan(statement)
  return lines.map((line) => `${line} ← ${statement.slice(0, 300)}`)
}

/** Where the planner would read more rows than it returns, to put them in order. */
async function sortsOf(statement: string): Promise<string[]> {
  return (await planOf(statement))
    .filter((line) => /\bSort\b|TEMP B-TREE/.test(line))
    .map((line) => `${line} ← ${statement.slice(0, 300)}`)
}

/** How a plan says that it seeks the rows of this column by an index, on either engine. */
const soughtBy = (column = ''): RegExp =>
  new RegExp(`Index Cond: .*\\b${column} = |SEARCH .*\\(${column}=\\?`)

function planOf(statement: string): Promise<string[]> {
  return isPostgres() ? explained(statement) : detailsOf(statement)
}

async function detailsOf(statement: string): Promise<string[]> {
  const rows = await rowsIn(database, `explain query plan ${statement}`)
  return rows.map(({ detail }) => String(detail))
}

async function sqlitePlan(statement: string): Promise<string[]> {
  const plan = await detailsOf(statement)
  const names = /"id" in \(\?/.test(statement)
  return plan.filter(
    (line) =>
      /^SCAN (tokens|credentials|sessions|attempts|challenges|factors|links|devices|ended|below|revocations|revocation_effects|rate_limits|audit)\b/.test(
        line,
      ) ||
      (names && line.startsWith('SEARCH credentials USING INDEX credentials_by')),
  )
}

async function postgresPlan(statement: string): Promise<string[]> {
  const lines = await explained(statement)
  return lines.filter((line) => large.test(line) && line.includes('Seq Scan'))
}

async function explained(statement: string): Promise<string[]> {
  const client = new Client(database)
  await client.connect()
  try {
    // Tables of tests are small enough to be read whole and sorted: now only what has no index is
    await client.query('set enable_seqscan = off')
    await client.query('set enable_sort = off')
    await client.query('set plan_cache_mode = force_generic_plan')
    await client.query(`prepare maintenance as ${statement}`)
    const { rows: types } = await client.query<{ count: number }>(
      "select cardinality(parameter_types) as count from pg_prepared_statements where name = 'maintenance'",
    )
    const values = Array.from({ length: types[0]?.count ?? 0 }, () => 'null').join(', ')
    const execute = `explain execute maintenance${values === '' ? '' : `(${values})`}`
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(execute)
    return rows.map((row) => row['QUERY PLAN'])
  } finally {
    await client.end()
  }
}

describe('purge', () => {
  it('drops sessions that ended 30 days ago, and keeps those that a token or another one names (source 23)', async () => {
    const { id } = await newPerson(service)
    const ended = Date.now() - 31 * DAY
    const session = (name: string, at: number, parent?: string): string =>
      `('${name}', 'session', '${id}', 'web', ${parent === undefined ? 'null' : `'${parent}'`},
        ${ended}, ${ended}, ${ended}, ${at}, 'session_ended', 0)`
    const rows = [
      ...Array.from({ length: 20 }, (_, at) => session(`ses_old${at}`, ended)),
      session('ses_named', ended),
      session('ses_above', ended),
      session('ses_below', ended + 2 * DAY, 'ses_above'),
      session('ses_recent', ended + 2 * DAY),
    ]
    await restartedAfter(
      `insert into credentials (id, kind, account_id, client_id, parent_id, created_at, last_used_at,
         idle_expires_at, ended_at, end_code, epoch) values ${rows.join(', ')}`,
      `insert into sessions (credential_id, cookie_sha256, auth_time, amr, remember)
       select id, id, 0, '["pwd"]', 0 from credentials where ended_at is not null`,
      `insert into tokens (jti, account_id, credential_id, client_id, issued_at, expires_at, claims)
       values ('jti_named', '${id}', 'ses_named', 'web', 1, ${Math.floor(Date.now() / 1000)}, '{}')`,
    )
    await until(
      'they are gone',
      async () => (await count("credentials where id like 'ses_old%'")) === 0,
    )
    // One that another was made from stays as long as that one
    const kept = ['ses_above', 'ses_below', 'ses_named', 'ses_recent'].map((one) => ({ id: one }))
    const named = kept.map((one) => `'${one.id}'`).join(', ')
    // What only a session has is deleted with its credential
    for (const [table, column] of [
      ['credentials', 'id'],
      ['sessions', 'credential_id'],
    ]) {
      const left = `select ${column} as id from ${table} where ${column} in (${named}) order by 1`
      expect(await rowsIn(database, left)).toEqual(kept)
    }
    expect(await count("sessions where credential_id like 'ses_old%'")).toBe(0)
  })

  it('drops tokens, entries, effects, attempts, challenges, set-ups of factors, links, devices, notes of foreign tokens and counts, ends sessions and erases accounts in batches, each by an index (source 9, H41)', async () => {
    const { id } = await newPerson(service)
    const erased = await newPerson(service)
    const now = Date.now()
    const queries = watchQueries()
    const seq = Number((await rowsIn(database, 'select seq from revocation_counter'))[0]?.['seq'])
    await restartedAfter(
      `insert into tokens (jti, account_id, client_id, issued_at, expires_at, claims) ${series(3000)}
       select 'old' || n, '${id}', 'web', 1, ${Math.floor(now / 1000) - 700} - n, '{}' from s`,
      `insert into revocations (seq, kind, id, code, until) ${series(7000)}
       select ${seq} + n, 'sid', 'old' || n, 'session_ended', ${now} - 1 - n from s`,
      `update revocation_counter set seq = ${seq + 7000}`,
      `insert into revocation_effects (id, effect, until) ${series(3000)}
       select 'old' || n, '{}', ${now} - 1 - n from s`,
      `insert into attempts (id, browser_sha256, purpose, created_at, expires_at, epoch) ${series(1000)}
       select 'old' || n, 'browser' || n, 'reset', 1, ${now} - 1 - n, 0 from s`,
      `insert into challenges (subject_id, purpose, challenge, expires_at, epoch) ${series(1000)}
       select 'old' || n, 'sign-in', 'challenge', ${now} - 1 - n, 0 from s`,
      `insert into factors (id, account_id, kind, secret, counter, created_at) ${series(1000)}
       select 'old' || n, '${id}', 'totp', 'sealed', 0, ${now - 16 * 60_000} - n from s`,
      `insert into factors (id, account_id, kind, secret, counter, created_at, confirmed_at) values
       ('kept', '${id}', 'totp', 'sealed', 0, ${now - DAY}, ${now - DAY})`,
      `insert into links (id, purpose, token_sha256, code_hmac, tries, email, email_key, created_at,
         expires_at, epoch) ${series(1000)}
       select 'old' || n, 'reset', 'token' || n, 'code', 0, 'a@x', 'a@x', 1, ${now - DAY} - 1 - n, 0 from s`,
      `insert into devices (id, account_id, cookie_sha256, first_used_at, last_used_at, changed) ${series(1000)}
       select 'old' || n, '${id}', 'cookie' || n, 1, ${now - 400 * DAY} - 1 - n, '[]' from s`,
      `insert into foreign_tokens (issuer, jti_sha256, expires_at) ${series(1000)}
       select 'partner', 'old' || n, ${now} - 1 - n from s`,
      `insert into foreign_tokens (issuer, jti_sha256, expires_at) values ('partner', 'kept', ${now + DAY})`,
      `insert into rate_limits (key, points, expire) ${series(3000)}
       select 'old' || n, 1, ${now} - 1 - n from s`,
      `insert into credentials (id, kind, account_id, client_id, created_at, last_used_at,
         idle_expires_at, epoch) ${series(500)}
       select 'over' || n, 'session', '${id}', 'web', ${now}, ${now}, ${now} - n, 0 from s`,
      `insert into sessions (credential_id, cookie_sha256, auth_time, amr, remember)
       select id, id, ${now}, '["pwd"]', 0 from credentials where id like 'over%'`,
      `update accounts set status = 'disabled' where id = '${erased.id}'`,
      `insert into erasures (account_id, requested_at, erases_at, former_status)
       values ('${erased.id}', 1, 1, 'active')`,
    )
    const left = async (): Promise<number> => {
      const tables = [
        "tokens where jti like 'old%'",
        "revocations where id like 'old%'",
        'revocation_effects',
        'attempts',
        'challenges',
        'factors where confirmed_at is null',
        'links',
        "devices where id like 'old%'",
        "foreign_tokens where jti_sha256 like 'old%'",
        "rate_limits where key like 'old%'",
        "credentials where id like 'over%' and ended_at is null",
        `accounts where id = '${erased.id}'`,
      ]
      return (await Promise.all(tables.map(count))).reduce((sum, one) => sum + one)
    }
    await until('they are gone', async () => (await left()) === 0)
    const [{ dropped } = {}] = await rowsIn(database, 'select dropped from revocation_counter')
    expect(Number(dropped)).toBe(seq + 7000)
    const entries = await count("revocations where kind = 'sid' and id like 'over%'")
    expect(entries).toBe(500)
    expect(await count('factors')).toBe(1)
    expect(await count('foreign_tokens')).toBe(1)

    const statements = queries()
    for (const table of [
      'tokens',
      'revocations',
      'revocation_effects',
      'attempts',
      'challenges',
      'factors',
      'links',
      'devices',
      'foreign_tokens',
      'rate_limits',
      'credentials',
    ]) {
      const work = table === 'credentials' ? 'update' : 'delete from'
      expect(
        statements.filter((one) => one.replaceAll('"', '').includes(`${work} ${table}`)),
      ).not.toEqual([])
    }
    const scans = await Promise.all(statements.map(scansOf))
    expect(scans.flat()).toEqual([])
  })
})

describe('a session whose end the database refuses', () => {
  it('stops the end of no other, is logged, and is left out for a minute', async () => {
    const { id } = await newPerson(service)
    const accept = await refuseRows(database, {
      table: 'audit',
      values: { session_id: 'ses_stuck', action: 'session.ended' },
    })
    const errors = vi.spyOn(log, 'error')
    const now = Date.now()
    await restartedAfter(
      // It expired before all others
      `insert into credentials (id, kind, account_id, client_id, created_at, last_used_at,
         idle_expires_at, epoch) values
       ('ses_stuck', 'session', '${id}', 'web', ${now}, ${now}, 1, 0)`,
      `insert into credentials (id, kind, account_id, client_id, created_at, last_used_at,
         idle_expires_at, epoch) ${series(60)}
       select 'ses_free' || n, 'session', '${id}', 'web', ${now}, ${now}, ${now} - n, 0 from s`,
      `insert into sessions (credential_id, cookie_sha256, auth_time, amr, remember)
       select id, id, ${now}, '["pwd"]', 0 from credentials
       where id like 'ses_free%' or id = 'ses_stuck'`,
    )
    const live = (name: string): Promise<number> =>
      count(`credentials where id like '${name}%' and ended_at is null`)
    await until('the others have ended', async () => (await live('ses_free')) === 0)
    expect(await live('ses_stuck')).toBe(1)
    const sessions = errors.mock.calls.map(([one]: readonly unknown[]) => one)
    expect(sessions).toContainEqual(expect.objectContaining({ session: 'ses_stuck' }))
    errors.mockRestore()
    await accept()
    await restartedAfter()
    await until('it has ended', async () => (await live('ses_stuck')) === 0)
  })
})

describe('GET /audit, GET /accounts', () => {
  it('search the audit log by an index that has the order too, whatever the filter (operator 21)', async () => {
    const admin = await newPerson(service, 'admin')
    const { email, id } = await newPerson(service)
    await restartedAfter(
      `insert into audit (at, action, actor_id, account_id, address) ${series(3000)}
       select n, 'session.opened', 'actor' || n % 7, 'account' || n % 9, '10.0.0.' || n % 5 from s`,
    )
    const queries = watchQueries()
    for (const filter of [
      '',
      'from=2020-01-01&to=2030-01-01',
      `account=${email}&from=2020-01-01`,
      'account=nobody@example.com',
      `actor=${id}&to=2030-01-01`,
      'action=sign_in.failed&from=2020-01-01',
      'address=127.0.0.1&from=2020-01-01',
      `account=${id}&action=session.opened&sort=createdAt`,
    ]) {
      const call = `GET /audit?limit=2&${filter}`
      const response = await send(service, call, { person: admin })
      expect(response.status, call).toBe(200)
      const { next } = (await response.json()) as { next: string | null }
      if (next === null) continue
      expect((await send(service, `${call}&cursor=${next}`, { person: admin })).status).toBe(200)
    }
    expect((await send(service, 'GET /accounts', { person: admin })).status).toBe(200)
    // Those of the two calls: the chain is sealed meanwhile
    const statements = queries().filter((one) => /order by ("audit"\.)?"at"/.test(one))
    expect(statements.length).toBeGreaterThan(8)
    for (const statement of statements) {
      const lines = await planOf(statement)
      const names = [...statement.matchAll(/"(account_id|actor_id|action|address|details)" = /g)]
      // Without a filter a page ends after its rows, in the order of the index
      const sought =
        names.length === 0 ? [/audit_by_time/] : names.map(([, name]) => soughtBy(name))
      expect(
        lines.some((line) => sought.some((sign) => sign.test(line))),
        [statement, ...lines].join('\n'),
      ).toBe(true)
    }
    expect((await Promise.all(statements.map(sortsOf))).flat()).toEqual([])
  })
})

describe('entries of tokens', () => {
  it('cost one query for 500 of them, and their pages are notified (source 22)', async () => {
    const person = await newPerson(service)
    const { jti } = JSON.parse(
      Buffer.from(person.token.split('.')[1] ?? '', 'base64url').toString(),
    ) as { jti: string }
    const stop = new AbortController()
    const events = await fetch(`${service.address}/sessions/current/events`, {
      headers: { cookie: person.cookie },
      signal: stop.signal,
    })
    const reader = events.body?.getReader()
    const statements = countStatements()
    await writeEntries(service, 5000)
    const seq = 'select seq + 1 from revocation_counter'
    await changeIn(
      database,
      `insert into revocations (seq, kind, id, code, until)
       values ((${seq}), 'jti', '${jti}', 'token_expired', ${Date.now() + 600_000})`,
      'update revocation_counter set seq = seq + 1',
    )
    let told = ''
    while (!told.includes('event: changed')) {
      told += new TextDecoder().decode((await reader?.read())?.value)
    }
    expect(statements.count()).toBeLessThan(1000)
    statements.restore()
    stop.abort()
  })
})
