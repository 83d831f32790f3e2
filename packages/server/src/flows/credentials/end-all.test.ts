import { DatabaseSync } from 'node:sqlite'
import { Kysely, SqliteDialect } from 'kysely'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { Connection } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import type { Account } from '../../stores/accounts.ts'
import type { NewRevocation } from '../../stores/revocations.ts'
import type { RevokingMoment } from '../revocation/revoking.ts'
import { endAll } from './end-all.ts'
import type { CredentialKind } from './kinds.ts'

const raw = new DatabaseSync(':memory:')
raw.exec(`create table installation (name text, value text);
  create table credentials (id text, kind text, account_id text, parent_id text, created_at integer,
    ended_at integer, end_code text, epoch integer);
  create table tokens (jti text, account_id text, credential_id text, expires_at integer, claims text)`)
const db: Connection = new Kysely({
  dialect: new SqliteDialect({
    database: {
      close: () => raw.close(),
      prepare: (sql) => {
        const statement = raw.prepare(sql)
        const given = (values: readonly unknown[]) => values as readonly (string | number)[]
        return {
          reader: /^select|returning/.test(sql),
          all: (values) => statement.all(...given(values)),
          run: (values) => statement.run(...given(values)) as never,
          iterate: (values) => statement.iterate(...given(values)),
        }
      },
    },
  }),
})
afterAll(() => db.destroy())

const ends: string[] = []

function kindOf(kind: Pick<CredentialKind, 'name' | 'entry' | 'counted' | 'at'>): CredentialKind {
  return {
    ...kind,
    tables: [],
    list: async () => ({ items: [], next: null }),
    recordEnds: async (_moment, some) =>
      void ends.push(...some.map(({ credential, reason }) => `${credential.id}: ${reason}`)),
  }
}

const everywhere: CredentialKind['at'] = {
  lock: 'ends',
  passwordChange: 'ends',
  reset: 'ends',
  resetSparingKeys: 'ends',
  erasure: 'ends',
  restore: 'ends',
}

const browser = kindOf({
  name: 'browser',
  entry: 'sid',
  counted: 'sessions',
  at: everywhere,
})
const key = kindOf({
  name: 'key',
  entry: 'client_id',
  counted: 'apiKeys',
  at: { ...everywhere, passwordChange: 'stays', resetSparingKeys: 'stays', restore: 'stays' },
})
const ticket = kindOf({
  name: 'ticket',
  entry: 'jti',
  counted: 'delegations',
  at: { ...everywhere, passwordChange: 'stays', resetSparingKeys: 'stays' },
})

const NOW = 1_800_000_000_000
const entries: NewRevocation[] = []
const moment = {
  db,
  now: NOW,
  trusted: true,
  lockName: async () => {},
  kinds: {
    all: [browser, key, ticket],
    of: (name) => ({ browser, key, ticket })[name] ?? browser,
  },
  revoke: async (some) => void entries.push(...some),
} satisfies RevokingMoment

const account = { id: 'acc' } as Locked<Account>

/** Writes a live credential, and a token of it that expires in so many seconds. */
function write(
  id: string,
  kind: CredentialKind,
  parent: string | null = null,
  { expires = 600, claims = {} }: { readonly expires?: number; readonly claims?: object } = {},
): void {
  raw
    .prepare('insert into credentials values (?, ?, ?, ?, 0, null, null, ?)')
    .run(id, kind.name, 'acc', parent, kind.at.restore === 'ends' ? 0 : null)
  raw
    .prepare('insert into tokens values (?, ?, ?, ?, ?)')
    .run(`token of ${id}`, 'acc', id, NOW / 1000 + expires, JSON.stringify(claims))
}

const left = (): unknown[] =>
  raw
    .prepare('select id from credentials where ended_at is null order by id')
    .all()
    .map(({ id }) => id)

beforeEach(() => {
  raw.exec('delete from credentials; delete from tokens; delete from installation')
  entries.length = 0
  ends.length = 0
})

const ending = { code: 'session_ended', actor: {}, reason: 'a test' } as const

describe('endAll', () => {
  it('ends at a lock what each kind says, with the entry of each', async () => {
    for (const kind of [browser, key, ticket]) write(kind.name, kind)
    const counts = await endAll(moment, { account, by: 'lock' }, ending)
    expect(counts).toEqual({ sessions: 1, apiKeys: 1, delegations: 1 })
    expect(left()).toEqual([])
    expect(entries.map(({ kind, id }) => `${kind} ${id}`).toSorted()).toEqual([
      'client_id key',
      'jti token of ticket',
      'sid browser',
    ])
  })

  it('leaves at a password change the kinds that stay, and the one to keep', async () => {
    write('this', browser)
    write('other', browser)
    write('mine', key)
    const affected = { account, by: 'passwordChange', keep: 'this' } as const
    expect(await endAll(moment, affected, ending)).toEqual({
      sessions: 1,
      apiKeys: 0,
      delegations: 0,
    })
    expect(left()).toEqual(['mine', 'this'])
    expect(entries).toMatchObject([{ kind: 'sid', id: 'other' }])
  })

  it('leaves the keys at a reset if the setting says so, and else ends them with the sessions', async () => {
    const all = (): void => [browser, key, ticket].forEach((kind) => write(kind.name, kind))
    all()
    await endAll(moment, { account, by: 'resetSparingKeys' }, ending)
    expect(left()).toEqual(['key', 'ticket'])
    raw.exec('delete from credentials')
    all()
    await endAll(moment, { account, by: 'reset' }, ending)
    expect(left()).toEqual([])
  })

  it('ends with a credential all that was made from it, of whichever kind, and records each', async () => {
    write('session', browser)
    write('below', ticket, 'session', { expires: 900 })
    write('deeper', key, 'below', { expires: 1200 })
    write('beside', key)
    const counts = await endAll(moment, { account, by: 'passwordChange' }, ending)
    expect(counts).toEqual({ sessions: 1, apiKeys: 1, delegations: 1 })
    expect(left()).toEqual(['beside'])
    expect(ends).toEqual(['session: a test', 'below: a test', 'deeper: a test'])
    // The tokens of all of them carry the session's id
    const { until = 0 } = entries.find(({ kind }) => kind === 'sid') ?? {}
    expect(until).toBeGreaterThan(NOW + 1200_000)
  })

  it('writes no entry for a token that the entry of a credential above it revokes too', async () => {
    write('session', browser)
    write('mine', key)
    write('of the session', ticket, 'session', { claims: { sid: 'session', client_id: 'web' } })
    write('of the key', ticket, 'mine', { claims: { client_id: 'mine' } })
    write('of neither', ticket, 'session', { claims: { client_id: 'mine elsewhere' } })
    await endAll(moment, { account, by: 'lock' }, ending)
    expect(left()).toEqual([])
    expect(entries.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      'client_id mine',
      'sid session',
      'jti token of of neither',
    ])
  })

  it('leaves after a restore what outlives one, and counts the rest as ended', async () => {
    write('session', browser)
    write('mine', key)
    raw.exec("insert into installation values ('epoch', '1')")
    const counts = await endAll(moment, { account, by: 'lock' }, ending)
    expect(counts).toEqual({ sessions: 0, apiKeys: 1, delegations: 0 })
  })
})
