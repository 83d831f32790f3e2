import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startService } from '@keyhaven/stage/processes/running-service'
import type { RunningService } from '@keyhaven/stage/processes/running-service'
import { password, personOf, send } from '@keyhaven/stage/http/person'

const email = 'ada@example.com'
const environment = { KEYHAVEN_TRUST_PROXY: '127.0.0.1' }
let service: RunningService

beforeAll(async () => {
  service = await startService({ environment })
  const created = await service.command(['accounts', 'create', '--email', email], password)
  expect(created.code).toBe(0)
})
afterAll(() => service?.close())

interface Guess {
  readonly login?: string
  readonly password?: string
  readonly from?: string
  readonly at?: RunningService
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends a sign-in from an address that this machine, the proxy, vouches for. */
function guess({ from = '203.0.113.1', at = service, headers, ...body }: Guess): Promise<Response> {
  return send(at, 'POST /sessions', {
    headers: { 'x-forwarded-for': from, ...headers },
    body: { login: email, password: 'wrong password', ...body },
  })
}

async function statuses(count: number, each: (at: number) => Guess): Promise<number[]> {
  const seen: number[] = []
  for (let at = 0; at < count; at++) seen.push((await guess(each(at))).status)
  return seen
}

describe('a client that guesses passwords', () => {
  it('is slowed down; the account’s own devices elsewhere are not touched (R96, P26, 6.3.1)', async () => {
    const mine = await personOf(service, await guess({ password, from: '198.51.100.7' }))
    const seen = await statuses(15, () => ({ from: '203.0.113.66' }))
    expect(seen).toEqual([...Array<number>(10).fill(401), ...Array<number>(5).fill(429)])
    // Even the right password waits there: a guess is a guess
    expect((await guess({ password, from: '203.0.113.66' })).status).toBe(429)
    const current = await send(service, 'GET /user/current', { person: mine })
    expect(current.status).toBe(200)
    expect((await guess({ password, from: '198.51.100.8' })).status).toBe(201)
  })

  it('gains nothing by another address of the same /64, nor by headers (P07)', async () => {
    const login = 'network@example.com'
    const addresses = (at: number): Guess => ({ login, from: `2001:db8:1:2:${at}::${at}` })
    expect((await statuses(12, addresses)).slice(10)).toEqual([429, 429])
    const other = 'headers@example.com'
    const claimed = (at: number): Guess => {
      const address = `192.0.2.${at}`
      const headers = {
        forwarded: `for=${address}`,
        'x-real-ip': address,
        'client-ip': address,
        'x-client-ip': address,
        'true-client-ip': address,
        'x-forwarded-for': `${address}, 203.0.113.77`,
      }
      return { login: other, headers }
    }
    expect((await statuses(12, claimed)).slice(10)).toEqual([429, 429])
  })

  it('is counted by every process on the database, and after a restart', async () => {
    const login = 'shared@example.com'
    const second = await startService({ url: service.issuer, data: service.data, environment })
    const turn = (at: number): Guess => ({ login, at: at % 2 ? second : service })
    expect((await statuses(12, turn)).slice(10)).toEqual([429, 429])
    await second.process.stop()
    const third = await startService({ url: service.issuer, data: service.data, environment })
    expect((await guess({ login, at: third })).status).toBe(429)
    await third.process.stop()
  })

  it('is counted at the current password too (P06, P24)', async () => {
    const from = '198.51.100.9'
    const mine = await personOf(service, await guess({ password, from }))
    const change = (current: string): Promise<Response> =>
      send(service, `PUT /accounts/${mine.id}/password`, {
        headers: { ...mine.headers, 'x-forwarded-for': from },
        body: { current, password: 'another horse battery' },
      })
    const seen: number[] = []
    for (let at = 0; at < 12; at++) seen.push((await change('wrong password')).status)
    expect(seen.slice(10)).toEqual([429, 429])
    expect(seen.slice(0, 10)).not.toContain(429)
  })
})
