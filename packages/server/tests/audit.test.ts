import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { codeOf, newPerson, password, send, signIn } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Person } from '@keyhaven/stage/http/person'
import type { Service } from '@keyhaven/stage/processes/served'

interface Item {
  readonly id: number
  readonly number: number | null
  readonly at: string
  readonly action: string
  readonly actor: string | null
  readonly account: string | null
  readonly session: string | null
  readonly reason: string | null
  readonly address: string | null
  readonly details: unknown
}

const data = newFolder()
let service: Service
let admin: Person

beforeAll(async () => {
  service = await serve(data)
  admin = await newPerson(service, 'admin')
})
afterAll(async () => {
  await service.close()
  rmSync(data, { recursive: true })
})

async function audit(query = ''): Promise<Item[]> {
  const response = await send(service, `GET /audit?limit=100${query}`, { person: admin })
  expect(response.status).toBe(200)
  return ((await response.json()) as { items: Item[] }).items
}

/** Does something as the administrator; the answer is the newest row that it wrote. */
async function rowOf(call: string, body?: unknown): Promise<Item | undefined> {
  const [before] = await audit()
  const response = await send(service, call, { person: admin, body })
  expect([200, 204], call).toContain(response.status)
  const [newest] = await audit()
  expect(newest?.id).toBeGreaterThan(before?.id ?? 0)
  return newest
}

/** What every row of an administrator's call says: who, and from where. */
const byAdmin = (): object => ({ actor: admin.id, address: '127.0.0.1' })

describe('the audit log of administration (R99)', () => {
  it('records the account that gets or loses a role, and how many tokens that ended', async () => {
    const member = await newPerson(service)
    const role = `/accounts/${member.id}/roles/editor`
    expect(await rowOf(`PUT ${role}`)).toMatchObject({
      ...byAdmin(),
      action: 'role.assigned',
      account: member.id,
      details: { role: 'editor' },
    })
    await signIn(service, member.email)
    expect(await rowOf(`DELETE ${role}`)).toMatchObject({
      ...byAdmin(),
      action: 'role.removed',
      account: member.id,
      details: { role: 'editor', ended: { tokens: 2 } },
    })
  })
  it('says why an account was locked or opened, what it was before, and what that ended', async () => {
    const member = await newPerson(service)
    await signIn(service, member.email)
    const of = { ...byAdmin(), action: 'account.status_changed', account: member.id }
    const call = `PATCH /accounts/${member.id}`
    expect(await rowOf(call, { status: 'locked', reason: 'taken over' })).toMatchObject({
      ...of,
      reason: 'taken over',
      details: {
        from: 'active',
        to: 'locked',
        ended: { sessions: 2, apiKeys: 0, delegations: 0 },
      },
    })
    const ends = await audit(`&account=${member.id}&action=session.ended`)
    expect(ends).toHaveLength(2)
    for (const end of ends) expect(end).toMatchObject({ ...byAdmin(), reason: 'taken over' })
    const tried = await send(service, 'POST /sessions', {
      body: { login: member.email, password },
    })
    expect(await codeOf(tried)).toBe('401 account_locked')
    expect((await audit(`&account=${member.id}`))[0]).toMatchObject({
      action: 'sign_in.failed',
      reason: 'right password, account locked',
      actor: null,
    })
    expect(await rowOf(call, { status: 'active', reason: 'she called' })).toMatchObject({
      ...of,
      reason: 'she called',
      details: { from: 'locked', to: 'active', ended: { sessions: 0 } },
    })
  })
  it('counts the sessions that were ended for another user', async () => {
    const member = await newPerson(service)
    await signIn(service, member.email)
    expect(await rowOf(`DELETE /accounts/${member.id}/sessions`)).toMatchObject({
      ...byAdmin(),
      action: 'sessions.ended',
      account: member.id,
      details: { ended: { sessions: 2 } },
    })
  })
  it('names the token that was revoked, and whose it was', async () => {
    const member = await newPerson(service)
    const tokens = await send(service, `GET /tokens?account=${member.id}`, { person: admin })
    const [token] = ((await tokens.json()) as { items: { jti: string }[] }).items
    expect(await rowOf(`DELETE /tokens/${token?.jti}`)).toMatchObject({
      ...byAdmin(),
      action: 'token.revoked',
      account: member.id,
      session: member.session,
      details: { jti: token?.jti, ended: { tokens: 1 } },
    })
  })
  it('names members of a profile that another user changed, not their values', async () => {
    const member = await newPerson(service)
    const row = await rowOf(`PATCH /accounts/${member.id}`, { name: 'Mallory' })
    expect(row).toMatchObject({ ...byAdmin(), action: 'account.changed', account: member.id })
    expect(row?.details).toEqual({ members: ['name'] })
  })
  it('names the keys that a rotation made and withdrew', async () => {
    const listed = await send(service, 'GET /keys', { person: admin })
    const { items } = (await listed.json()) as { items: { kid: string }[] }
    const row = await rowOf('POST /keys', { emergency: true })
    expect(row).toMatchObject({ ...byAdmin(), action: 'keys.rotated' })
    const withdrawn = items.map(({ kid }) => kid)
    expect(row?.details).toMatchObject({ emergency: true, withdrawn })
  })
  it('counts the sessions that a change of password ended, and records a refused change', async () => {
    const member = await newPerson(service)
    await signIn(service, member.email)
    const call = `PUT /accounts/${member.id}/password`
    const body = { current: 'wrong password', password: 'new horse battery' }
    expect((await send(service, call, { person: member, body })).status).toBe(401)
    const right = { ...body, current: password }
    expect((await send(service, call, { person: member, body: right })).status).toBe(204)
    const rows = await audit(`&account=${member.id}&actor=${member.id}`)
    expect(rows.map(({ action }) => action)).toEqual([
      'password.changed',
      'session.ended',
      'password.change_failed',
    ])
    const ended = { sessions: 1, apiKeys: 0, delegations: 0, tokens: 1 }
    expect(rows[0]?.details).toEqual({ ended })
  })
  it('names the operator if an app or a command line acts', async () => {
    const [account] = await audit('&action=account.created')
    expect(account).toMatchObject({ actor: null, address: null })
    const fresh = newFolder()
    const other = await serve(fresh, { operator: 'billing' })
    const boss = await newPerson(other, 'admin')
    const response = await send(other, 'GET /audit?actor=billing', { person: boss })
    expect(await response.json()).toMatchObject({
      items: [{ action: 'account.created', actor: 'billing', account: boss.id }],
    })
    await other.close()
    rmSync(fresh, { recursive: true })
  })
})

/** The actions that the refusal of an unknown one names. */
async function recorded(): Promise<string[]> {
  const response = await send(service, 'GET /audit?action=nonsense', { person: admin })
  expect(response.status).toBe(400)
  const { errors } = (await response.json()) as { errors: { message: string }[] }
  return errors[0]?.message.match(/[a-z_]+\.[a-z_]+/g) ?? []
}

describe('docs/reference/events.md', () => {
  it('has every action that is recorded in its table, and no other', async () => {
    const page = readFileSync(
      join(import.meta.dirname, '../../../docs/reference/events.md'),
      'utf8',
    )
    const told = [...page.matchAll(/^\| `([a-z_]+\.[a-z_]+)` \|/gm)].map(
      ([, action = '']) => action,
    )
    const actions = await recorded()
    expect(actions.length).toBeGreaterThan(20)
    expect(told.toSorted()).toEqual(actions.toSorted())
  })
})

describe('GET /audit', () => {
  it('finds by account, by who acted and by action, page by page', async () => {
    const mine = await audit(`&actor=${admin.id}`)
    expect(mine.length).toBeGreaterThan(3)
    expect(new Set(mine.map(({ actor }) => actor))).toEqual(new Set([admin.id]))
    const roles = await audit('&action=role.removed')
    expect(roles.map(({ action }) => action)).toEqual(['role.removed'])
    const seen: number[] = []
    let cursor = ''
    do {
      const call = `GET /audit?actor=${admin.id}&limit=2&sort=createdAt${cursor}`
      const page = (await (await send(service, call, { person: admin })).json()) as {
        items: Item[]
        next: string | null
      }
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.next === null ? '' : `&cursor=${page.next}`
    } while (cursor !== '')
    expect(seen).toEqual(mine.map(({ id }) => id).toSorted((a, b) => a - b))
  })
  it('refuses an action that is never recorded, and names those that are', async () => {
    expect(await recorded()).toEqual(
      expect.arrayContaining(['account.created', 'session.opened', 'keys.rotated']),
    )
  })
  it('shows the number of a row in the chain, which is what `keyhaven audit verify` names', async () => {
    await service.keyhaven.audit.verify()
    const rows = await audit('&sort=createdAt')
    expect(rows.map(({ number }) => number).toSorted((a, b) => (a ?? 0) - (b ?? 0))).toEqual(
      rows.map((_, at) => at + 1),
    )
  })
})
