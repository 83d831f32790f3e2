import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineAccess } from '@keyhaven/core/access'
import type { AnyAccess } from '@keyhaven/core/access'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { createKeyhaven } from '@keyhaven/server'
import type { Keyhaven } from '@keyhaven/server'
import { testLog } from '@keyhaven/stage/processes/log'
import { newPerson, password, send } from '@keyhaven/stage/http/person'
import type { Call, Person } from '@keyhaven/stage/http/person'

const access: AnyAccess = defineAccess({
  scopes: ['notes:read', 'notes:write'],
  roles: { member: ['notes:read'], editor: ['notes:*'] },
  defaultRoles: ['member'],
})
const data = mkdtempSync(join(tmpdir(), 'keyhaven-retries-'))
let keyhaven: Keyhaven
let admin: Person
/** Connected for the whole file: it counts twice an attempt. */
let counter: Client
let people = 0

beforeAll(async () => {
  keyhaven = await createKeyhaven({
    data,
    database: await databaseIn(data),
    folder: data,
    access,
    environment: { NODE_ENV: 'test' },
    log: testLog(),
  })
  counter = new Client(await databaseIn(data))
  await counter.connect()
  admin = await newPerson(keyhaven, 'admin', 'editor')
})
afterEach(() => {
  vi.restoreAllMocks()
})
afterAll(async () => {
  await counter.end()
  await keyhaven.close()
  rmSync(data, { recursive: true })
})

const ask = (call: string, body?: object, headers: Call['headers'] = {}): Promise<Response> =>
  send(keyhaven, call, { body, headers })

function jtiOf(token: string): string {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
  return (JSON.parse(payload) as { jti: string }).jti
}

/**
 * Lets the server itself refuse one statement of a transaction, commits included, as it would where two
 * transactions met: the answer says whether there were so many.
 */
function failOnce(at: number, state: string): () => boolean {
  const inside = new WeakSet<Client>()
  let count = 0
  const real = Reflect.get(Client.prototype, 'query') as (...parts: unknown[]) => unknown
  vi.spyOn(Client.prototype, 'query').mockImplementation(function (this: Client, ...parts) {
    const [query] = parts as unknown as [{ text: string } | string]
    const text = typeof query === 'string' ? query : query.text
    if (inside.has(this) && text !== 'rollback') {
      count += 1
      if (count === at) {
        const raise = `do $$ begin raise exception 'injected' using errcode = '${state}'; end $$`
        return real.call(this, { text: raise, values: [] }) as never
      }
    }
    if (text === 'begin') inside.add(this)
    if (text === 'commit' || text === 'rollback') inside.delete(this)
    return real.apply(this, parts) as never
  })
  return () => count >= at
}

/** How many rows there are of everything that a flow writes; of keys also which. */
interface Written {
  readonly counts: Readonly<Record<string, number>>
  readonly kids: ReadonlySet<string>
}

async function written(): Promise<Written> {
  const counted = [
    'accounts',
    'account_roles',
    'sessions',
    'credentials where ended_at is null',
    'tokens',
    'revocations',
    'pending_revocations',
    'audit',
  ].map((what) => `(select count(*)::int from ${what}) as "${what}"`)
  const { rows } = await counter.query<Record<string, number>>(`select ${counted.join(', ')}`)
  const keys = await counter.query<{ kid: string }>('select kid from signing_keys')
  return { counts: rows[0] ?? {}, kids: new Set(keys.rows.map(({ kid }) => kid)) }
}

interface Outcome {
  readonly status: number
  readonly wrote: Readonly<Record<string, number>>
}

type Flow = (who: Person) => Promise<Response>

async function outcomeOf(flow: Flow, who: Person, prepare = () => {}): Promise<Outcome> {
  const before = await written()
  prepare()
  const { status } = await flow(who)
  vi.restoreAllMocks()
  const after = await written()
  const grown = Object.entries(after.counts).map(([name, count]) => [
    name,
    count - (before.counts[name] ?? 0),
  ])
  // Former keys are purged meanwhile, in their own time
  const keys = [...after.kids].filter((kid) => !before.kids.has(kid)).length
  const wrote = { ...(Object.fromEntries(grown) as Record<string, number>), keys }
  return { status, wrote }
}

const flows: Readonly<Record<string, Flow>> = {
  'sign-up': () => ask('POST /accounts', { email: `new${++people}@example.com`, password }),
  'sign-in in place of another session': ({ email, headers }) =>
    ask('POST /sessions', { login: email, password }, headers),
  'a wrong password': ({ email }) => ask('POST /sessions', { login: email, password: 'wrong one' }),
  renewal: ({ headers }) => ask('POST /sessions/current/renew', undefined, headers),
  'sign-out': ({ headers }) => ask('DELETE /sessions/current', undefined, headers),
  'a password change': ({ id, headers }) =>
    ask(`PUT /accounts/${id}/password`, { current: password, password: 'another horse' }, headers),
  'a profile change': ({ id, headers }) =>
    ask(`PATCH /accounts/${id}`, { username: `u${++people}` }, headers),
  'a lock': ({ id }) =>
    ask(`PATCH /accounts/${id}`, { status: 'locked', reason: 'test' }, admin.headers),
  'a role given': ({ id }) => ask(`PUT /accounts/${id}/roles/editor`, undefined, admin.headers),
  'a role taken away': ({ id }) =>
    ask(`DELETE /accounts/${id}/roles/member`, undefined, admin.headers),
  'a token revoked': ({ token }) => ask(`DELETE /tokens/${jtiOf(token)}`, undefined, admin.headers),
  'keys withdrawn': () => ask('POST /keys', { emergency: true }, admin.headers),
  'keys rotated': () => ask('POST /keys', {}, admin.headers),
}

/** Flows that leave everything as it was which they need of their person. */
const repeatable = new Set(['sign-up', 'a wrong password', 'a profile change', 'keys rotated'])

describe('a transaction that PostgreSQL aborts for a retry, at any of its statements', () => {
  it.each(Object.entries(flows))('%s does nothing twice', async (name, flow) => {
    let who = await newPerson(keyhaven)
    const wanted = await outcomeOf(flow, who)
    expect(wanted.status, name).toBeLessThan(500)
    expect(Object.values(wanted.wrote).some((count) => count !== 0)).toBe(true)
    for (let at = 1; ; at++) {
      if (!repeatable.has(name)) who = await newPerson(keyhaven)
      const state = at % 2 === 0 ? '40001' : '40P01'
      let reached = (): boolean => false
      const outcome = await outcomeOf(flow, who, () => {
        reached = failOnce(at, state)
      })
      expect(outcome, `${name}, ${state} at statement ${at}`).toEqual(wanted)
      if (!reached()) {
        expect(at).toBeGreaterThan(2)
        return
      }
    }
  })
  it.each(Object.entries(flows))(
    '%s is done and reports success, or is 503 and leaves nothing, if one fails for good (D11, 2.3.3)',
    async (name, flow) => {
      // Numbered or not: the next reader of the log sees to that
      const withLog = ({ status, wrote }: Outcome): Outcome => {
        const { revocations = 0, pending_revocations: pending = 0, ...others } = wrote
        return { status, wrote: { ...others, revocations: revocations + pending } }
      }
      // Keys of other tests are withdrawn with the first
      await flow(await newPerson(keyhaven))
      const wanted = withLog(await outcomeOf(flow, await newPerson(keyhaven)))
      const nothing = Object.keys(wanted.wrote).map((table) => [table, 0])
      const refused = { status: 503, wrote: Object.fromEntries(nothing) }
      let who = await newPerson(keyhaven)
      for (let at = 1; ; at++) {
        let reached = (): boolean => false
        const outcome = await outcomeOf(flow, who, () => {
          // disk_full
          reached = failOnce(at, '53100')
        })
        expect([wanted, refused], `${name}, at statement ${at}`).toContainEqual(withLog(outcome))
        if (!reached()) return
        // Who was refused comes again
        if (outcome.status !== 503) who = await newPerson(keyhaven)
      }
    },
  )
  it('numbers every revocation once, without a gap', async () => {
    const rows = await rowsIn(await databaseIn(data), 'select seq from revocations order by seq')
    expect(rows.length).toBeGreaterThan(50)
    expect(rows.map(({ seq }) => Number(seq))).toEqual(rows.map((_, at) => at + 1))
  })
  it('is 503 with Retry-After if PostgreSQL aborts it again and again', async () => {
    const { email } = await newPerson(keyhaven)
    const real = Reflect.get(Client.prototype, 'query') as (...parts: unknown[]) => unknown
    vi.spyOn(Client.prototype, 'query').mockImplementation(function (this: Client, ...parts) {
      const [query] = parts as unknown as [{ text: string }]
      const raise = "do $$ begin raise exception 'again' using errcode = '40001'; end $$"
      return real.apply(
        this,
        query.text === 'commit' ? [{ text: raise, values: [] }] : parts,
      ) as never
    })
    const answer = await ask('POST /sessions', { login: email, password })
    expect(answer.status).toBe(503)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await answer.json()).toMatchObject({ code: 'unavailable' })
  })
})
