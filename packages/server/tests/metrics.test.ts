import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeIn, changing, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { openFeed } from '@keyhaven/stage/feed/feed-reader'
import { metricsIn } from '@keyhaven/stage/http/metrics'
import type { Metric } from '@keyhaven/stage/http/metrics'
import { until } from '@keyhaven/stage/processes/process'
import { bearer, codeOf, newPerson, send, signIn } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'

let service: Service
let key: string
beforeAll(async () => {
  service = await serve(newFolder())
  key = await service.keyhaven.guards.add('notes-api')
})
afterAll(async () => {
  await service.close()
  rmSync(service.data, { recursive: true })
})

const text = async (): Promise<string> =>
  (await send(service, 'GET /metrics', { headers: bearer(key) })).text()

const metrics = async (): Promise<ReadonlyMap<string, Metric>> => metricsIn(await text())

/** A value now; `labels` as they stand in the text. */
async function value(name: string, labels = ''): Promise<number> {
  const found = (await metrics()).get(name)?.samples.get(name + labels)
  if (found === undefined) throw new Error(`there is no ${name}${labels}`)
  return found
}

/** By how much values go up while something is done. */
async function rise(names: readonly string[], work: () => Promise<unknown>): Promise<number[]> {
  const read = async (): Promise<number[]> => {
    const all = [...(await metrics()).values()].flatMap(({ samples }) => [...samples])
    const known = new Map(all)
    return names.map((name) => known.get(name) ?? Number.NaN)
  }
  const before = await read()
  await work()
  return (await read()).map((after, at) => after - (before[at] ?? 0))
}

describe('GET /metrics', () => {
  it('names the version that the process runs (operator 16)', async () => {
    const [sample] = (await metrics()).get('keyhaven_build_info')?.samples ?? []
    const { node } = process.versions
    expect(sample).toEqual([
      expect.stringMatching(new RegExp(`^keyhaven_build_info{node="${node}",version="\\d[^"]+"}$`)),
      1,
    ])
  })
  it('is opened by a guard key and nothing else (A21, 13.4.5)', async () => {
    const person = await newPerson(service, 'admin')
    expect(await codeOf(await send(service, 'GET /metrics'))).toBe('401 not_signed_in')
    expect(await codeOf(await send(service, 'GET /metrics', { person }))).toBe(
      '403 credential_not_allowed',
    )
    const wrong = bearer(`khg_${'x'.repeat(43)}`)
    expect(await codeOf(await send(service, 'GET /metrics', { headers: wrong }))).toBe(
      '401 token_invalid',
    )
    const answer = await send(service, 'GET /metrics', { headers: bearer(key) })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })

  it('is Prometheus’s text format: every metric listed once, with help and type, no sample twice', async () => {
    const found = await metrics()
    expect(found.size).toBeGreaterThan(25)
    for (const [name, { help, type, samples }] of found) {
      expect(name).toMatch(/^(keyhaven|process)_[a-z_]+$/)
      expect(help.length, name).toBeGreaterThan(10)
      expect(type === 'counter', name).toBe(name.endsWith('_total'))
      for (const number of samples.values()) expect(Number.isFinite(number), name).toBe(true)
    }
  })

  it('counts sign-ins by outcome, requests by route and class, refusals by code, events by name', async () => {
    const person = await newPerson(service)
    const names = [
      'keyhaven_sign_ins_total{outcome="signed_in"}',
      'keyhaven_sign_ins_total{outcome="invalid_credentials"}',
      'keyhaven_requests_total{route="POST /sessions",status="2xx"}',
      'keyhaven_requests_total{route="POST /sessions",status="4xx"}',
      'keyhaven_request_seconds_count{route="POST /sessions"}',
      'keyhaven_refusals_total{code="invalid_credentials"}',
      'keyhaven_refusals_total{code="not_found"}',
      'keyhaven_requests_total{route="none",status="4xx"}',
      'keyhaven_events_total{event="session.opened"}',
      'keyhaven_events_total{event="sign_in.failed"}',
    ]
    const wrong = { login: person.email, password: 'not the password' }
    const rises = await rise(names, async () => {
      await signIn(service, person.email)
      await send(service, 'POST /sessions', { body: wrong })
      await send(service, 'POST /sessions', { body: wrong })
      await send(service, 'GET /nowhere/at/all')
    })
    expect(rises).toEqual([1, 2, 1, 2, 3, 2, 1, 1, 1, 2])
  })

  it('counts checks of tokens, and renewals that were shared', async () => {
    const person = await newPerson(service)
    const names = [
      'keyhaven_token_checks_total{result="first_sight"}',
      'keyhaven_token_checks_total{result="remembered"}',
      'keyhaven_token_checks_total{result="refused"}',
      'keyhaven_renewals_total{outcome="new"}',
      'keyhaven_renewals_total{outcome="shared"}',
    ]
    const rises = await rise(names, async () => {
      const ask = (headers: Record<string, string>) =>
        send(service, 'GET /user/current', { headers })
      for (let time = 0; time < 3; time++) await ask(bearer(person.token))
      await ask(bearer(`${person.token.slice(0, -8)}AAAAAAAA`))
      const session = person.cookie.replace(/^.*(keyhaven-session=[^;]+).*$/, '$1')
      await ask({ cookie: session })
      await ask({ cookie: session })
    })
    expect(rises).toEqual([1, 2, 1, 1, 1])
  })

  it('shows the log, open feeds, and a guard’s lag and age by its name (P20)', async () => {
    const reader = await openFeed(service.address, { key })
    await until('it has caught up', () => reader.heartbeats().length > 0)
    const { log } = reader.heartbeats()[0] ?? { log: '' }
    await send(service, 'POST /revocations/applied', {
      headers: { ...bearer(key) },
      body: { log, seq: 0 },
    })
    const person = await newPerson(service)
    const before = await value('keyhaven_log_seq')
    await send(service, 'DELETE /sessions/current', { person })
    await until('it is read', async () => (await value('keyhaven_log_seq')) > before)
    const seq = await value('keyhaven_log_seq')
    expect(await value('keyhaven_revocations')).toBeGreaterThan(0)
    expect(await value('keyhaven_log_age_seconds')).toBeLessThan(2)
    expect(await value('keyhaven_feed_listeners')).toBe(1)
    expect(await value('keyhaven_guards', '{state="listening"}')).toBe(1)
    expect(await value('keyhaven_guard_connections', '{guard="notes-api"}')).toBe(1)
    expect(await value('keyhaven_guard_lag_entries', '{guard="notes-api"}')).toBe(seq)
    expect(await value('keyhaven_guard_age_seconds', '{guard="notes-api"}')).toBeLessThan(5)
    reader.close()
    await until('its feed is over', async () => (await value('keyhaven_feed_listeners')) === 0)
    expect(await value('keyhaven_guards', '{state="silent"}')).toBe(1)
  })

  it('knows a guard that only listened and never reported, when it has gone (P20)', async () => {
    const other = await service.keyhaven.guards.add('listens-only')
    const reader = await openFeed(service.address, { key: other })
    await until('it has caught up', () => reader.heartbeats().length > 0)
    reader.close()
    const open = () => value('keyhaven_guard_connections', '{guard="listens-only"}')
    await until('its feed is over', async () => (await open()) === 0)
    expect(await value('keyhaven_guard_age_seconds', '{guard="listens-only"}')).toBeLessThan(10)
    await until('other processes are notified', async () => {
      const rows = await rowsIn(await databaseIn(service.data), 'select * from guard_reports')
      return rows.length > 0 && rows.every(({ connections }) => connections === 0)
    })
  })

  it('reports a guard as silent, not as never connected, after a restart too (P20)', async () => {
    const data = newFolder()
    const database = await databaseIn(data)
    const before = await serve(data)
    const lost = await before.keyhaven.guards.add('lost-api')
    const reader = await openFeed(before.address, { key: lost })
    const written = async () =>
      (await rowsIn(database, 'select heard_at from guard_reports')).length > 0
    await until('its connection is recorded', written)
    reader.close()
    await before.close()
    // A minute passes, and whatever was written by processes that are gone may be dropped
    await changeIn(
      database,
      'update guard_reports set heard_at = heard_at - 60000, updated_at = updated_at - 60000',
    )
    const after = await serve(data)
    const other = await after.keyhaven.guards.add('other-api')
    const fed = await openFeed(after.address, { key: other })
    const ask = async () =>
      metricsIn(await (await send(after, 'GET /metrics', { headers: bearer(other) })).text())
    const rows = async () => (await rowsIn(database, 'select * from guard_reports')).length
    await until('the other one is written', async () => (await rows()) === 2)
    const found = await ask()
    const states = found.get('keyhaven_guards')?.samples
    expect(states?.get('keyhaven_guards{state="silent"}')).toBe(1)
    expect(states?.get('keyhaven_guards{state="listening"}')).toBe(1)
    const ages = found.get('keyhaven_guard_age_seconds')?.samples
    expect(ages?.get('keyhaven_guard_age_seconds{guard="lost-api"}')).toBeGreaterThan(59)
    fed.close()
    await after.close()
    rmSync(data, { recursive: true })
  })

  it('counts what the database fails, and how long it takes', async () => {
    const failed = 'keyhaven_database_errors_total'
    const transactions = 'keyhaven_database_seconds_count{operation="transaction"}'
    const database = await databaseIn(service.data)
    const rises = await rise([failed, transactions], async () => {
      const person = await newPerson(service)
      const letGo = await changing(database, 'update accounts set name = name')
      try {
        expect((await send(service, 'DELETE /sessions/current', { person })).status).toBe(503)
      } finally {
        await letGo()
      }
    })
    expect(rises[0]).toBeGreaterThanOrEqual(1)
    expect(rises[1]).toBeGreaterThanOrEqual(3)
  })

  it('identifies no user: no address, no id, no credential, whatever clients send', async () => {
    const person = await newPerson(service)
    const words = `/${'x'.repeat(40)}/marker-of-a-stranger`
    await send(service, `GET ${words}`)
    await send(service, `PURGE /sessions/${person.session}`)
    await send(service, `GET /accounts/${person.id}`, { person })
    const before = (await text()).split('\n').length
    for (let each = 0; each < 50; each++) await send(service, `GET ${words}${each}`)
    const said = await text()
    // However many paths strangers invent, the page does not grow
    expect(said.split('\n').length).toBe(before)
    for (const secret of [person.email, person.id, person.session, person.token, key]) {
      expect(said).not.toContain(secret)
    }
    expect(said).not.toContain('marker-of-a-stranger')
    expect(said).not.toMatch(/127\.0\.0\.1|@|khg_|acc_|ses_/)
  })
})
