import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFeed } from '@keyhaven/stage/feed/feed-reader'
import type { FeedReader } from '@keyhaven/stage/feed/feed-reader'
import { until } from '@keyhaven/stage/processes/process'
import { startService } from '@keyhaven/stage/processes/running-service'
import type { RunningService } from '@keyhaven/stage/processes/running-service'
import { newKey } from '@keyhaven/stage/http/new-key'
import { bearer, send, signUp } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'

let service: RunningService
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

async function command<T>(...args: string[]): Promise<T> {
  const { code, output } = await service.command([...args, '--json'])
  expect(code, output).toBe(0)
  return JSON.parse(output) as T
}

async function listen(key: string): Promise<FeedReader> {
  const reader = await openFeed(service.address, { key })
  await until('it has caught up', () => reader.heartbeats().length > 0)
  return reader
}

const statusOf = async (person: Person): Promise<number> =>
  (await send(service, 'GET /user/current', { person })).status

describe('keyhaven guards', () => {
  it('add prints the key once; list shows who listens; remove ends its feeds', async () => {
    const { name, key } = await command<{ name: string; key: string }>('guards', 'add', 'notes-api')
    expect(name).toBe('notes-api')
    expect(key).toMatch(/^khg_[0-9A-Za-z]{43}$/)
    const reader = await listen(key)
    const { log, seq } = reader.heartbeats()[0] ?? { log: '', seq: 0 }
    const reported = await fetch(`${service.address}/revocations/applied`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ log, seq }),
    })
    expect(reported.status).toBe(204)
    await until('the command line shows it', async () => {
      const { guards } = await command<{ guards: object[] }>('guards', 'list')
      const [guard] = guards as { connections: number; appliedSeq: number | null }[]
      return guard?.connections === 1 && guard.appliedSeq === seq
    })
    const again = await service.command(['guards', 'add', 'notes-api'])
    expect(again).toMatchObject({ code: 1 })
    expect(again.output).toBe(
      'keyhaven: There is a guard notes-api: choose another name, or remove it first with `keyhaven guards remove notes-api`.\n',
    )
    await command('guards', 'remove', 'notes-api')
    await until('its feed ends', reader.closed)
    expect((await openFeed(service.address, { key })).status).toBe(401)
    const gone = await service.command(['guards', 'remove', 'notes-api'])
    expect(gone).toMatchObject({ code: 1 })
    expect(gone.output).toBe(
      'keyhaven: There is no guard notes-api: find its name with `keyhaven guards list`.\n',
    )
  })
  it('add and list print the next step: where the key goes, and that its API must start', async () => {
    const { output } = await service.command(['guards', 'add', 'next-step'])
    expect(output.split('\n').slice(1)).toEqual([
      expect.stringMatching(/^khg_[0-9A-Za-z]{43}$/),
      'Store the key as a secret of your API, for example in the variable FEED_KEY, and create its guard with it:',
      `createGuard({ issuer: '${service.issuer}', feedKey: process.env.FEED_KEY })`,
      '',
    ])
    const listed = await service.command(['guards', 'list'])
    expect(listed.output).toBe(
      'next-step  0 connections  no report yet: start its API with createGuard({ issuer, feedKey })\n',
    )
    await command('guards', 'remove', 'next-step')
  })
  it('the running service refuses an account locked on the command line, and sends the entry', async () => {
    const { key } = await command<{ key: string }>('guards', 'add', 'other-api')
    const [person, reader] = [await signUp(service, { email: 'a@example.com' }), await listen(key)]
    await service.command(['accounts', 'lock', 'a@example.com', '--reason', 'test'])
    // The command has ended, so the lock is written: a quarter of a second, and what a busy machine adds
    await until(
      'the event arrives',
      () => reader.entries().some(({ code }) => code === 'account_locked'),
      1,
    )
    expect(await statusOf(person)).toBe(401)
    reader.close()
  })
})

describe('keyhaven restored', () => {
  it('withdraws every key, ends every session and begins a new log under a running service', async () => {
    const { key } = await command<{ key: string }>('guards', 'add', 'third-api')
    const [person, reader] = [await signUp(service, { email: 'b@example.com' }), await listen(key)]
    const before = reader.heartbeats()[0]
    const done = await command<{ log: string; withdrawn: string[]; sessions: number }>(
      'restored',
      '--yes',
    )
    expect(done.log).not.toBe(before?.log)
    expect(done.withdrawn).toHaveLength(1)
    await until('its feed ends', reader.closed)
    const after = await listen(key)
    expect(after.heartbeats()[0]?.log).toBe(done.log)
    expect(after.entries().filter(({ kind }) => kind === 'kid')).toMatchObject([
      { id: done.withdrawn[0], code: 'token_expired' },
    ])
    expect(await statusOf(person)).toBe(401)
    expect(await statusOf(await signUp(service, { email: 'c@example.com' }))).toBe(200)
    after.close()
  })
  it('leaves API keys and machines as they are in the backup, and ends them on request (H28)', async () => {
    const made = await newKey(await signUp(service, { email: 'd@example.com' }))
    const use = () =>
      send(service, 'GET /user/current', { headers: bearer(made.key) }).then(({ status }) => status)
    await command('machines', 'add', 'job', '--scope', 'keyhaven:audit:read')
    await command('restored', '--yes')
    expect(await use()).toBe(200)
    const done = await command<{ ended: unknown }>(
      'restored',
      '--yes',
      '--end-keys',
      '--end-machines',
    )
    expect(done.ended).toEqual({ apiKeys: 1, machines: 1 })
    expect(await use()).toBe(401)
  })
})
