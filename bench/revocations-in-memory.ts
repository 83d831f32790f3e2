/** T5: the cost of revocations in memory, compared with one look-up per request in SQLite, PostgreSQL and Redis. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { createKeySet, generateSigningKey, issueAccessToken, publicJwks } from '@keyhaven/core'
import { cookieNames, createRevocations, guardOver } from '@keyhaven/guard/kit'
import type { Guard } from '@keyhaven/guard'
import type { Revocations } from '@keyhaven/guard/kit'
import { Client } from 'pg'
import { postgresPrograms, startPostgres } from '@keyhaven/stage/databases/postgres'
import { machine, medianOf, race, table, verdict } from './lib/measure.ts'
import { freePort } from './lib/servers.ts'
import { claimsNumber, issuer, now } from './lib/tokens.ts'

const CALLS = 20_000
const HELD = 1_000_000
const key = generateSigningKey('ES256')
const keys = createKeySet(publicJwks([key]))
const { origin } = new URL(issuer)
const known = {
  cookies: cookieNames(new URL(issuer)),
  origins: { own: [origin], bearer: [], development: false },
  keys,
}
const until = (now + 3600) * 1000

function filled(count: number): { copy: Revocations; ids: string[]; milliseconds: number } {
  const ids = Array.from({ length: count }, () => `ses_${randomBytes(16).toString('base64url')}`)
  const copy = createRevocations()
  const began = performance.now()
  for (const [at, id] of ids.entries()) {
    copy.add({ seq: at + 1, kind: 'sid', id, code: 'session_ended', until })
  }
  return { copy, ids, milliseconds: performance.now() - began }
}

function guardWith(revocations: Revocations): Guard {
  const access = { scopes: [], roles: {}, defaultRoles: [], rules: {} }
  return guardOver(
    {
      issuer,
      audience: [origin],
      access,
      known: () => known,
      mayRefetch: () => false,
      revocations,
      now: () => Math.floor(Date.now() / 1000),
      development: false,
    },
    () => {},
  )
}

/** Each request is checked against the copy again, as right after a new entry: the worst case. */
function requests(guard: Guard, fresh: boolean, copy: Revocations): (at: number) => void {
  const cookies = Array.from({ length: 1000 }, (_, at) => {
    const token = issueAccessToken(claimsNumber(at), key)
    return `theme=dark; ${known.cookies.access}=${token}; lang=en`
  })
  return (at) => {
    const cookie = Buffer.from(cookies[(at * 7919) % 1000] ?? '', 'latin1').toString('latin1')
    const header = (name: string): string | undefined => (name === 'cookie' ? cookie : undefined)
    if (fresh && at % 1000 === 0) {
      copy.add({ seq: 0, kind: 'sid', id: 'ses_of_nobody', code: 'session_ended', until })
    }
    if (!guard.decide({ method: 'GET', url: '/', header }).ok) throw new Error('refused')
  }
}

console.log(`T5 (${machine()})`)
for (const count of [10_000, HELD, 10_000_000]) {
  const { copy, ids, milliseconds } = filled(count)
  const claims = { jti: 'x', client_id: 'web' }
  const figures = await race(
    [
      { name: 'hit', run: (at) => copy.find({ ...claims, sid: ids[(at * 7919) % count] ?? '' }) },
      {
        name: 'miss',
        run: (at) => copy.find({ ...claims, sid: `ses_${at}_of_somebody_who_stays` }),
      },
    ],
    CALLS,
  )
  const each = copy.bytes / copy.size
  table(
    `${count} entries: ${each.toFixed(1)} bytes each, taken in ${milliseconds.toFixed(0)} ms`,
    figures,
  )
  verdict({
    target: `T5 bytes ${count}`,
    ours: each,
    unit: 'bytes',
    goal: 40,
    limit: 16,
    peers: {},
    holds: each <= 40,
  })
}

const empty = createRevocations()
const { copy: full, ids } = filled(HELD)
// A copy of its own: the entries that one contender adds would change the other's
const { copy: changing } = filled(HELD)
const database = new DatabaseSync(':memory:')
database.exec('create table revoked (id text primary key) without rowid; begin')
const insert = database.prepare('insert into revoked values (?)')
for (const id of ids) insert.run(id)
database.exec('commit')
const select = database.prepare('select 1 from revoked where id = ?')
const redis = await startRedis()
const postgres = await openPostgres()
const none = 'guarded request, no entries'
const million = 'guarded request, 1e6 entries'
const figures = await race(
  [
    { name: none, run: requests(guardWith(empty), false, empty) },
    { name: million, run: requests(guardWith(full), false, full) },
    { name: '1e6, each checked again', run: requests(guardWith(changing), true, changing) },
    { name: 'one SQLite read (in memory)', run: (at) => select.get(ids[(at * 7919) % HELD] ?? '') },
    ...(redis
      ? [
          {
            name: 'one Redis GET, one at a time',
            run: (at: number) => redis.get(ids[(at * 7919) % HELD] ?? ''),
          },
        ]
      : []),
    ...(postgres
      ? [
          {
            name: 'one PostgreSQL read, prepared',
            run: (at: number) => postgres.get(ids[(at * 7919) % HELD] ?? ''),
          },
        ]
      : []),
  ],
  CALLS / 4,
)
table('what a request costs', figures)
if (!redis) console.log('  Redis is not installed: apt-get install redis-server')
if (!postgres) console.log('  PostgreSQL is not installed: apt-get install postgresql')
const [ours, limit] = [medianOf(figures, million), medianOf(figures, none)]
const peers = Object.fromEntries(figures.slice(3).map(({ name, median }) => [name, median]))
verdict({
  target: 'T5',
  ours: ours / limit,
  unit: 'x none',
  goal: 1.1,
  limit,
  peers,
  holds: ours / limit <= 1.1,
})
redis?.stop()
await postgres?.stop()
process.exit()

/** A Redis server for this bench, and a minimal client. */
async function startRedis(): Promise<
  { get: (id: string) => Promise<unknown>; stop: () => void } | undefined
> {
  if (!existsSync('/usr/bin/redis-server')) return undefined
  const port = await freePort()
  const server = spawn('redis-server', [
    '--port',
    String(port),
    '--save',
    '',
    '--bind',
    '127.0.0.1',
  ])
  await sleep(500)
  const socket = connect(port, '127.0.0.1').setNoDelay()
  let answered: (value: unknown) => void = () => {}
  socket.on('data', (data) => answered(data))
  const send = (line: string): Promise<unknown> =>
    new Promise((resolve) => {
      answered = resolve
      socket.write(`${line}\r\n`)
    })
  return {
    get: (id) => send(`GET ${id}`),
    stop: () => {
      socket.destroy()
      server.kill()
    },
  }
}

/** A PostgreSQL for this bench, with the same entries. */
async function openPostgres(): Promise<
  { get: (id: string) => Promise<unknown>; stop: () => Promise<void> } | undefined
> {
  if (postgresPrograms() === undefined) return undefined
  const server = await startPostgres({ durable: false })
  const client = new Client(server.url('postgres'))
  await client.connect()
  await client.query('create table revoked (id text primary key)')
  for (let at = 0; at < ids.length; at += 10_000) {
    const text = 'insert into revoked select unnest($1::text[])'
    await client.query(text, [ids.slice(at, at + 10_000)])
  }
  const text = 'select 1 from revoked where id = $1'
  return {
    get: (id) => client.query({ name: 'find', text, values: [id] }),
    stop: async () => {
      await client.end()
      server.close()
    },
  }
}
