import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { setTimeout as sleep } from 'node:timers/promises'
import { startService } from '../stage/running-service.ts'
import type { Service } from '../stage/running-service.ts'

/** Seconds of overload; `KEYHAVEN_OVERLOAD` makes it a long one. */
const SECONDS = Number(process.env['KEYHAVEN_OVERLOAD'] ?? 3)

/** Ten times the seats that password hashing has on a machine with two cores: 2 at work, 64 waiting. */
const PEOPLE = 660

const password = 'correct horse battery'
let service: Service
let origin: string

beforeAll(async () => {
  service = await startService({ environment: { KEYHAVEN_TRUST_PROXY: '127.0.0.1' } })
  origin = new URL(service.issuer).origin
})
afterAll(() => service?.close())

let sent = 0
/** Each request comes from an address of its own, so that no rate limit answers first. */
function post(path: string, body: object): Promise<Response> {
  const address = `10.${++sent >> 16}.${(sent >> 8) & 255}.${sent & 255}`
  return fetch(service.address + path, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json', 'x-forwarded-for': address },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  })
}

describe('more sign-ins than the cores can hash (P11, R96)', () => {
  it(`refuses fast, lets in whom it accepts, and answers everybody else, for ${SECONDS} s`, async () => {
    const accounts = Array.from({ length: 20 }, (_, index) => `person${index}@example.com`)
    let cookie = ''
    for (const email of accounts) {
      const response = await post('/accounts', { email, password })
      expect(response.status).toBe(201)
      cookie = response.headers
        .getSetCookie()
        .map((line) => line.split(';')[0])
        .join('; ')
    }
    const seen = new Map<string, number>()
    const refusedAfter: number[] = []
    const end = Date.now() + SECONDS * 1000
    const person = async (index: number): Promise<void> => {
      while (Date.now() < end) {
        const began = performance.now()
        const login = accounts[index % accounts.length]
        const response = await post('/sessions', { login, password })
        const { code } = (await response.json()) as { code?: string }
        const what = `${response.status} ${code ?? ''}`.trim()
        seen.set(what, (seen.get(what) ?? 0) + 1)
        if (response.ok) continue
        refusedAfter.push(performance.now() - began)
        expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
        await sleep(100)
      }
    }
    let watched = 0
    const watcher = async (): Promise<void> => {
      while (Date.now() < end) {
        const current = await fetch(`${service.address}/user/current`, {
          headers: { cookie },
          signal: AbortSignal.timeout(5000),
        })
        expect(current.status).toBe(200)
        await current.arrayBuffer()
        watched += 1
        await sleep(50)
      }
    }
    await Promise.all([watcher(), ...Array.from({ length: PEOPLE }, (_, index) => person(index))])

    expect([...seen.keys()].toSorted()).toEqual(['201', '503 overloaded'])
    expect(seen.get('201')).toBeGreaterThan(20)
    expect(watched).toBeGreaterThan(SECONDS)
    const median = refusedAfter.toSorted((a, b) => a - b)[refusedAfter.length >> 1] ?? Infinity
    expect(median).toBeLessThan(1000)
    expect(service.process.output()).not.toContain('"level":50')
  })
})
