import { rmSync } from 'node:fs'
import { defineAccess } from '@keyhaven/core/access'
import type { ApiKeyView, NewApiKey } from '@keyhaven/core/wire'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { mailQueue, unreachable } from '@keyhaven/stage/databases/queued-mails'
import type { MailQueue } from '@keyhaven/stage/databases/queued-mails'
import { newKey } from '@keyhaven/stage/http/new-key'
import { codeOf, newPerson, send, signIn } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const access = defineAccess({
  scopes: ['notes:read', 'notes:write'],
  roles: {
    member: ['notes:read'],
    editor: ['notes:write'],
  },
  defaultRoles: ['member'],
})
const OTHER = 'https://other.example'

const data = newFolder()
let service: Service
let database: string
let mails: MailQueue
let support: Person

beforeAll(async () => {
  database = await databaseIn(data)
  mails = mailQueue(data, database)
  const environment = { NODE_ENV: 'test', ...unreachable }
  service = await serve(data, { access, environment, apiKeyMax: '30d', audience: OTHER })
  support = await newPerson(service, 'member', 'support')
})
afterAll(async () => {
  await service.close()
  rmSync(data, { recursive: true })
})

const refusal = async (by: Person, call: string, body?: object): Promise<string> =>
  codeOf(await by.ask(call, body))

async function listed(by: Person, call = 'GET /api-keys'): Promise<readonly ApiKeyView[]> {
  return ((await (await by.ask(call)).json()) as { items: ApiKeyView[] }).items
}

const withKey = (key: Pick<NewApiKey, 'key'>): Promise<Response> =>
  send(service, 'GET /user/current', { headers: { authorization: `Bearer ${key.key}` } })

const DAY = 86_400_000

describe('POST /api-keys', () => {
  it('makes a key whose secret is seen once, and mails its owner (R25, A08)', async () => {
    const ann = await newPerson(service)
    const made = await newKey(ann, { addresses: ['127.0.0.1', '10.0.0.0/8'] })
    const { secret, key, ...view } = made
    expect(made.id).toMatch(/^kh_[0-9A-Za-z]{16}$/)
    expect(key).toBe(`${made.id}_${secret}`)
    expect(view).toMatchObject({
      name: 'deploy',
      prefix: made.id,
      scope: ['notes:read'],
      audience: null,
      addresses: ['127.0.0.1', '10.0.0.0/8'],
      lastUsedAt: null,
    })
    expect(Date.parse(view.expiresAt) - Date.parse(view.createdAt)).toBe(30 * DAY)
    const text = await (await ann.ask('GET /api-keys')).text()
    expect(JSON.parse(text)).toEqual({ items: [view], next: null })
    expect(text).not.toContain(secret)
    const stored = await rowsIn(database, 'select * from api_keys')
    expect(JSON.stringify(stored)).not.toContain(secret)
    const [mail] = await mails.to(ann.email)
    expect(mail).toMatchObject({
      template: 'api-key-created',
      values: { name: 'deploy', prefix: made.id, link: expect.stringMatching(/\/reset$/) },
    })
    expect(JSON.stringify(mail)).not.toContain(secret)
    const details = { key: made.id, scope: ['notes:read'], expiresAt: view.expiresAt }
    expect(await audited(ann)).toMatchObject([{ action: 'api_key.created', details }])
  })

  it('gives only scopes that the user has, and none of the service (H1)', async () => {
    const ann = await newPerson(service, 'member', 'editor', 'support')
    expect((await newKey(ann)).scope).toEqual(['notes:read', 'notes:write'])
    expect((await newKey(ann, { scope: ['notes:write'] })).scope).toEqual(['notes:write'])
    expect((await newKey(ann, { scope: [] })).scope).toEqual([])
    const bob = await newPerson(service)
    const wants = (scope: readonly unknown[]) => ({ name: 'x', scope })
    const refused = (by: Person, scope: readonly unknown[]) =>
      refusal(by, 'POST /api-keys', wants(scope))
    expect(await refused(bob, ['notes:write'])).toBe('403 insufficient_scope')
    expect(await refused(bob, ['nothing:such'])).toBe('403 insufficient_scope')
    expect(await refused(bob, ['notes:*'])).toBe('403 insufficient_scope')
    for (const scope of ['keyhaven:accounts:read', 'keyhaven:*', 'a b', '', 7]) {
      expect(await refused(ann, [scope]), String(scope)).toBe('400 invalid_request')
    }
  })

  it('has audiences of this service or of a guard, and the life and networks that are named (H30)', async () => {
    const ann = await newPerson(service)
    const wants = (more: object) => refusal(ann, 'POST /api-keys', { name: 'x', ...more })
    expect((await newKey(ann, { audience: [OTHER, OTHER] })).audience).toEqual([OTHER])
    expect(await wants({ audience: ['https://third.example'] })).toBe('400 invalid_request')
    await changeIn(
      database,
      `insert into guards (id, name, key_hash, created_at, audiences)
       values ('grd_third', 'third', 'none', 0, '["https://third.example"]')`,
    )
    expect((await newKey(ann, { audience: ['https://third.example'] })).audience).toHaveLength(1)
    const { createdAt, expiresAt } = await newKey(ann, { expiresIn: 60 })
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(60_000)
    for (const more of [
      { expiresIn: 30 * 86_400 + 1 },
      { expiresIn: 0 },
      { expiresIn: 1.5 },
      { audience: [] },
      { addresses: [] },
      { addresses: ['300.0.0.1'] },
      { addresses: ['10.0.0.0/33'] },
      { addresses: Array.from({ length: 51 }, () => '10.0.0.1') },
      { name: '' },
      { name: 'two\nlines' },
      { name: undefined },
      // Whose key it is comes from the session only (A22)
      { accountId: support.id },
    ]) {
      expect(await wants(more), JSON.stringify(more)).toBe('400 invalid_request')
    }
  })

  it('needs a fresh proof of identity, and makes at most 100 keys, in parallel too (A09)', async () => {
    const ann = await newPerson(service)
    await newKey(ann)
    const [first] = await rowsIn(
      database,
      `select * from credentials where id like 'kh_%' and account_id = '${ann.id}'`,
    )
    // 98 more
    for (let at = 0; at < 98; at += 1) await copyOf(String(first?.['id']), at)
    const both = await Promise.all(
      ['a', 'b', 'c'].map((name) => ann.ask('POST /api-keys', { name })),
    )
    expect(both.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([
      201, 409, 409,
    ])
    await changeIn(
      database,
      `update sessions set auth_time = auth_time - 3600000 where credential_id = '${ann.session}'`,
    )
    expect(await refusal(ann, 'POST /api-keys', { name: 'x' })).toBe('401 step_up_required')
  })
})

/** Writes a live key like another. */
async function copyOf(id: string, at: number): Promise<void> {
  await changeIn(
    database,
    `insert into credentials (id, kind, account_id, client_id, scope, created_at, last_used_at, absolute_expires_at)
     select '${id}${at}', kind, account_id, client_id, scope, created_at, last_used_at, absolute_expires_at
     from credentials where id = '${id}'`,
    `insert into api_keys (credential_id, name, secret_sha256)
     select '${id}${at}', name, secret_sha256 from api_keys where credential_id = '${id}'`,
  )
}

async function audited(of: Person) {
  const rows = await rowsIn(
    database,
    `select action, actor_id, reason, details from audit
     where account_id = '${of.id}' and action like 'api_key.%' order by id`,
  )
  return rows.map((row) => ({ ...row, details: JSON.parse(String(row['details'])) as object }))
}

async function isEntered(kind: string, id: string): Promise<boolean> {
  const sql = `select seq from revocations where kind = '${kind}' and id = '${id}'`
  return (await rowsIn(database, sql)).length === 1
}

describe('the end of a key', () => {
  it('is the owner’s alone: at once, recorded, and for every API (A04, A09)', async () => {
    const ann = await newPerson(service)
    const bob = await newPerson(service)
    const key = await newKey(ann)
    expect((await withKey(key)).status).toBe(200)
    expect(await refusal(bob, `DELETE /api-keys/${key.id}`)).toBe('404 not_found')
    expect(await listed(bob)).toEqual([])
    // Another device of the owner
    const phone = await signIn(service, ann.email)
    const answers = await Promise.all(
      [ann, phone].map((by) => by.ask(`DELETE /api-keys/${key.id}`)),
    )
    expect(answers.map(({ status }) => status)).toEqual([204, 204])
    expect(await codeOf(await withKey(key))).toBe('401 session_ended')
    expect(await listed(ann)).toEqual([])
    expect(await isEntered('client_id', key.id)).toBe(true)
    const [, ...ends] = await audited(ann)
    expect(ends).toMatchObject([{ action: 'api_key.ended', details: { key: key.id } }])
  })

  it('is within reach of support, not above its rank, and never with the secret (H21, A08, A11)', async () => {
    const ann = await newPerson(service)
    const boss = await newPerson(service, 'admin')
    const [key, high] = [await newKey(ann), await newKey(boss)]
    const of = (owner: Person) => `/accounts/${owner.id}/api-keys`
    const { secret: _secret, key: _key, ...view } = key
    expect(await listed(support, `GET ${of(ann)}`)).toEqual([view])
    const end = `DELETE ${of(ann)}/${key.id}`
    expect(await refusal(boss, `DELETE ${of(ann)}/${high.id}`)).toBe('404 not_found')
    expect(await refusal(support, `DELETE ${of(boss)}/${high.id}`)).toBe('403 insufficient_scope')
    expect(await refusal(ann, `GET ${of(boss)}`)).toBe('403 insufficient_scope')
    expect(await refusal(ann, end)).toBe('403 insufficient_scope')
    const done = await support.ask(end, { reason: 'leaked' })
    expect(done.status).toBe(204)
    expect(await codeOf(await withKey(key))).toBe('401 session_ended')
    expect((await withKey(high)).status).toBe(200)
    const [, ended] = await audited(ann)
    expect(ended).toMatchObject({ actor_id: support.id, reason: 'leaked' })
  })

  it('comes with a lock and is counted, and unlocking revives none (H62, SES-4, A04)', async () => {
    const ann = await newPerson(service)
    const keys = [await newKey(ann), await newKey(ann)]
    const { accounts } = service.keyhaven
    const locked = await accounts.lock(ann.id, 'a test')
    expect(locked).toMatchObject({ ended: { sessions: 1, apiKeys: 2 } })
    for (const key of keys) expect(await codeOf(await withKey(key))).toBe('401 account_locked')
    await accounts.unlock(ann.id)
    for (const key of keys) expect(await codeOf(await withKey(key))).toBe('401 account_locked')
    const again = await signIn(service, ann.email)
    expect(await listed(again)).toEqual([])
  })
})
