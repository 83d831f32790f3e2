import { rmSync } from 'node:fs'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { unreachable } from '@keyhaven/stage/databases/queued-mails'
import { bearer, codeOf, newPerson, send } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'
import { keyhaven, run } from '@keyhaven/stage/processes/process'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

interface Machine {
  readonly name: string
  readonly key: string
  readonly expiresAt: string
}

const readers = ['accounts:read', 'sessions:read', 'tokens:read', 'audit:read', 'guards:read']
const writers = ['accounts:lock', 'accounts:write', 'sessions:end', 'tokens:revoke']

const url = 'https://app.example/auth'
const data = newFolder()
let service: Service
let database: string
let ann: Person
let boss: Person
let reader: Machine
let all: Machine
let machines: [Machine, Machine, Machine, Machine, Machine]

beforeAll(async () => {
  database = await databaseIn(data)
  service = await serve(data, {
    environment: { NODE_ENV: 'test', ...unreachable },
    url,
    trustProxy: '127.0.0.1',
    emailVerification: 'off',
  })
  ann = await newPerson(service)
  boss = await newPerson(service, 'admin')
  const bound = ['--address', '192.0.2.0/24', '--expires', '1d']
  machines = await Promise.all([
    add('reader', readers),
    add('all', [...readers, ...writers]),
    add('narrow', ['guards:read']),
    add('bound', readers, ...bound),
    add('exposed', readers),
  ])
  ;[reader, all] = machines
})
afterAll(async () => {
  await service.close()
  rmSync(data, { recursive: true })
})

async function command(...args: string[]): Promise<{ code: number | null; output: string }> {
  const environment = { KEYHAVEN_DATA: data, KEYHAVEN_DATABASE: database, KEYHAVEN_URL: url }
  const process = run([...keyhaven, 'machines', ...args], { environment })
  return { code: await process.exited, output: process.output() }
}

async function add(name: string, scopes: readonly string[], ...more: string[]): Promise<Machine> {
  const scope = scopes.map((one) => `keyhaven:${one}`)
  const { code, output } = await command('add', name, '--scope', ...scope, ...more, '--json')
  expect(code, output).toBe(0)
  return JSON.parse(output) as Machine
}

type Headers = Readonly<Record<string, string>>

const use = ({ key }: Pick<Machine, 'key'>, call: string, body?: unknown, headers: Headers = {}) =>
  send(service, call, { headers: { ...bearer(key), ...headers }, body })

interface Described {
  readonly paths: Record<string, Record<string, { security: readonly object[] }>>
}

describe('a machine', () => {
  it('makes each call that its scopes allow, and no other (A05, A11, H21)', async () => {
    const { paths } = (await (await fetch(`${service.address}/openapi.json`)).json()) as Described
    const calls = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { security }]) => {
        const ways = security.flatMap((way) => Object.keys(way))
        if (!ways.includes('sessionCookie')) return []
        const call = `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, 'unknown')}`
        return [{ call, isOpen: ways.includes('machineKey') }]
      }),
    )
    expect(
      calls
        .filter(({ isOpen }) => isOpen)
        .map(({ call }) => call)
        .toSorted(),
    ).toEqual([
      'DELETE /accounts/unknown/api-keys/unknown',
      'DELETE /accounts/unknown/credentials/unknown',
      'DELETE /accounts/unknown/sessions',
      'DELETE /sessions/unknown',
      'DELETE /tokens/unknown',
      'GET /accounts',
      'GET /accounts/unknown',
      'GET /accounts/unknown/api-keys',
      'GET /accounts/unknown/credentials',
      'GET /accounts/unknown/sessions',
      'GET /audit',
      'GET /guards',
      'GET /tokens',
      'PATCH /accounts/unknown',
    ])
    for (const { call, isOpen } of calls) {
      const body = call.startsWith('PATCH') ? { name: 'Ann' } : undefined
      const code = await codeOf(await use(all, call, body))
      if (isOpen) expect(code, call).toMatch(/^(200|404)/)
      else if (code.startsWith('400')) expect(body, call).toBeUndefined()
      else expect(code, call).toBe('403 credential_not_allowed')
      if (!isOpen || call.startsWith('GET')) continue
      expect(await codeOf(await use(reader, call, body)), call).toMatch(
        /^(403 insufficient_scope|404 not_found)$/,
      )
    }
    expect(await codeOf(await use(reader, `GET /accounts/${ann.id}/sessions`))).toMatch(/^200/)
    const [, , narrow] = machines
    expect((await use(narrow, 'GET /guards')).status).toBe(200)
    for (const call of ['accounts', 'audit', 'tokens', `accounts/${ann.id}/sessions`]) {
      expect(await codeOf(await use(narrow, `GET /${call}`))).toBe('403 insufficient_scope')
    }
    expect(await codeOf(await use(narrow, `GET /accounts/${ann.id}`))).toBe('404 not_found')
  })

  it('acts without a proof of identity, below its rank, under its name (H21)', async () => {
    const account = `/accounts/${ann.id}`
    const lock = { status: 'locked', reason: 'fraud' }
    expect(await codeOf(await use(all, `PATCH ${account}`, { name: 'Ann' }))).toMatch(/^200/)
    expect((await use(all, `DELETE /sessions/${ann.session}`)).status).toBe(204)
    expect(await codeOf(await ann.ask('GET /user/current'))).toBe('401 session_ended')
    expect((await use(all, `PATCH ${account}`, lock)).status).toBe(200)
    expect((await use(all, `PATCH ${account}`, { status: 'active' })).status).toBe(200)
    const higher = [
      use(all, `PATCH /accounts/${boss.id}`, lock),
      use(all, `PATCH /accounts/${boss.id}`, { name: 'Boss' }),
      use(all, `DELETE /sessions/${boss.session}`),
      use(all, `DELETE /accounts/${boss.id}/sessions`),
    ]
    for (const answer of await Promise.all(higher)) {
      expect(await codeOf(answer)).toBe('403 insufficient_scope')
    }
    const audit = await use(reader, 'GET /audit?actor=machine:all&limit=100')
    const { items } = (await audit.json()) as { items: { action: string; actor: string }[] }
    expect(items.map(({ action }) => action)).toContain('account.status_changed')
    expect(new Set(items.map(({ actor }) => actor))).toEqual(new Set(['machine:all']))
  })

  it('is refused after its end, at other addresses and after plain http (R37, H21)', async () => {
    const from = (address: string) => ({ 'x-forwarded-for': address })
    const [, , , bound, exposed] = machines
    const read = (machine: Pick<Machine, 'key'>, headers: Headers = {}) =>
      use(machine, 'GET /accounts', undefined, headers).then(codeOf)
    expect(await read(bound, from('192.0.2.9'))).toMatch(/^200/)
    expect(await read(bound, from('198.51.100.9'))).toBe('403 credential_not_allowed')
    await changeIn(database, `update machines set expires_at = 1000 where name = 'bound'`)
    expect(await read(bound, from('192.0.2.9'))).toBe('401 token_expired')
    expect(await read(exposed, { 'x-forwarded-proto': 'http' })).toBe('403 insecure_transport')
    expect(await read(exposed)).toBe('401 token_invalid')
    // Known keys pass at a network whose random ones are limited
    const flood = Array.from({ length: 101 }, (_, at) =>
      read({ key: `khm_${at}` }, from('203.0.113.1')),
    )
    expect(new Set(await Promise.all(flood))).toEqual(
      new Set(['401 token_invalid', '429 rate_limited']),
    )
    expect(await read(reader, from('203.0.113.1'))).toMatch(/^200/)
  })
})

describe('keyhaven machines', () => {
  it('prints a key once, stores its hash, and refuses what a machine may not have (H21)', async () => {
    expect(all.key).toMatch(/^khm_[0-9A-Za-z]{43}$/)
    const year = Date.parse(all.expiresAt) - Date.now()
    expect(year / 86_400_000).toBeGreaterThan(364)
    const rows = await rowsIn(database, 'select * from machines')
    expect(JSON.stringify(rows)).not.toContain(all.key)
    const refused = await command('add', 'eraser', '--scope', 'keyhaven:accounts:erase')
    expect(refused.code).toBe(1)
    expect(refused.output).toContain('because a person must prove their identity')
    expect((await command('add', 'all', '--scope', 'keyhaven:audit:read')).output).toContain(
      'There is a machine all',
    )
    expect(
      (await command('add', 'x', '--scope', 'keyhaven:audit:read', '--expires', '1y')).code,
    ).toBe(2)
  })

  it('lists the last use, and remove ends a key at once', async () => {
    const [, , gone] = machines
    expect((await use(gone, 'GET /guards')).status).toBe(200)
    const { output } = await command('list', '--json')
    expect(output).not.toContain(all.key)
    const listed = JSON.parse(output) as {
      machines: { name: string; lastUsedAt: string | null }[]
    }
    expect(listed.machines.find(({ name }) => name === 'narrow')?.lastUsedAt).not.toBeNull()
    expect((await command('remove', 'narrow')).code).toBe(0)
    expect(await codeOf(await use(gone, 'GET /guards'))).toBe('401 token_invalid')
    expect((await command('remove', 'narrow')).output).toContain('There is no machine narrow')
    const actions = await use(reader, 'GET /audit?action=machine.removed')
    expect(await actions.json()).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({ details: { machine: 'narrow' } }),
      ]) as unknown,
    })
  })
})
